import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { runDnsblast, runDnsperf } from '../../bench/load/generate.ts';
import { findPrograms, type Programs } from '../../bench/load/programs.ts';
import { freePort } from '../../bench/measure/free-port.ts';
import { testWith } from '../fakes/real-programs.ts';

let folder: string;
let queryFile: string;
let programs: Programs;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesonym-load-'));
  queryFile = join(folder, 'queries.txt');
  writeFileSync(queryFile, 'web.marathon.mesos A\n_web._tcp.marathon.mesos SRV\n');
  programs = findPrograms(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server by UDP and TCP that sends each query back as an empty NXDOMAIN, changed by `spoil`. */
async function echo(
  spoil: (response: Buffer, count: number) => void = () => {},
  host = '127.0.0.1',
) {
  let count = 0;
  const respond = (query: Buffer) => {
    const response = Buffer.from(query);
    response.writeUInt16BE(0x8583, 2);
    spoil(response, count++);
    return response;
  };
  const udp = createSocket(host === '127.0.0.1' ? 'udp4' : 'udp6');
  udp.on('message', (query, peer) => udp.send(respond(query), peer.port, peer.address));
  // A port that the kernel gives to UDP may be the local one of some TCP connection.
  const port = await freePort(host);
  udp.bind(port, host);
  await once(udp, 'listening');
  const tcp = createServer(socket => {
    socket.on('error', () => {});
    let rest = Buffer.alloc(0);
    socket.on('data', chunk => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const end = 2 + rest.readUInt16BE(0);
        socket.write(Buffer.concat([rest.subarray(0, 2), respond(rest.subarray(2, end))]));
        rest = rest.subarray(end);
      }
    });
  });
  tcp.listen(port, host);
  await once(tcp, 'listening');
  const close = async () => {
    udp.close();
    tcp.close();
    await once(tcp, 'close');
  };
  return { host, port, close, answered: () => count };
}

const LOAD = { seconds: 0.3, window: 16, clients: 2 };
const withCompiler = testWith('cc', 'taskset');

const ways = (['udp', 'tcp', 'tcp-connect'] as const).flatMap(mode =>
  ['127.0.0.1', '::1'].map(host => ({ mode, host })),
);
for (const { mode, host } of ways) {
  withCompiler(`counts every response by ${mode} from ${host}, and loses none`, async () => {
    const { close, answered, ...server } = await echo(undefined, host);
    const load = { ...server, ...LOAD, queryFile, mode };
    const result = await runDnsblast(programs.dnsblast!, load);
    await close();
    expect(result.received).toBeGreaterThan(100);
    expect(result.received).toBeLessThanOrEqual(answered());
    // What was on its way at the end is at most what may be under way at once.
    expect(result.received).toBeGreaterThanOrEqual(answered() - LOAD.window);
    expect(result.nxdomain).toBe(result.received);
    expect(result.bad + result.servfail).toBe(0);
    expect(result.lost).toBe(0);
    expect(result.p50_us).toBeLessThanOrEqual(result.p99_us);
  });
}

withCompiler('keeps the rate it is told to keep', async () => {
  const { close, ...server } = await echo();
  const load = { ...server, ...LOAD, queryFile, rate: 1_000 };
  const { sent } = await runDnsblast(programs.dnsblast!, load);
  await close();
  expect(sent).toBeGreaterThan(270);
  expect(sent).toBeLessThanOrEqual(302);
});

withCompiler('refuses figures from a server that answers other questions', async () => {
  const { close, ...server } = await echo(response => {
    response[13] ^= 1;
  });
  const run = runDnsblast(programs.dnsblast!, { ...server, ...LOAD, queryFile });
  await expect(run).rejects.toThrow(/Cannot use this run/);
  await close();
});

withCompiler('counts what a server does not answer as lost', async () => {
  const { close, ...server } = await echo((response, count) => {
    // Another id is another query's response: this one never comes.
    if (count % 100 === 0) response.writeUInt16BE(0xffff, 0);
  });
  const run = runDnsblast(programs.dnsblast!, { ...server, ...LOAD, queryFile });
  await expect(run).rejects.toThrow(/"bad":[1-9]/);
  await close();
});

testWith('dnsperf', 'taskset')(
  'reads what dnsperf tells, which counts as the server does',
  async () => {
    const { close, answered, ...server } = await echo();
    const load = { ...server, ...LOAD, queryFile };
    const { qps, lost, octets, nxdomainPercent } = await runDnsperf(programs.dnsperf!, load);
    await close();
    expect({ lost, nxdomainPercent }).toEqual({ lost: 0, nxdomainPercent: 100 });
    // The two queries of the file, 36 and 41 octets, each sent back whole.
    expect(Math.abs(octets - 38.5)).toBeLessThanOrEqual(0.5);
    // It runs for a second at least, and reports over the time it took.
    expect(qps).toBeGreaterThan(100);
    expect(qps).toBeLessThanOrEqual(answered());
  },
);
