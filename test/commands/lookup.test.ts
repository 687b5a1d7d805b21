import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import packet from 'dns-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { FakeShell } from '../fakes/shell.ts';

let server: Socket;
let place: string;

/** A server that knows one name, by a codec that is not ours. */
beforeAll(async () => {
  server = createSocket('udp4');
  server.on('message', (octets, { port, address }) => {
    const { id, questions = [] } = packet.decode(octets);
    const [{ name, type }] = questions;
    if (name === 'silent.mesos') return;
    const isKnown = name === 'web.mesos';
    const flags = packet.AUTHORITATIVE_ANSWER | packet.RECURSION_DESIRED | (isKnown ? 0 : 3);
    const answers: packet.Answer[] =
      isKnown && type === 'A' ? [{ name, type: 'A', ttl: 60, data: '10.0.0.1' }] : [];
    const authorities: packet.Answer[] = isKnown ? [] : [soa];
    server.send(
      packet.encode({ type: 'response', id, flags, questions, answers, authorities }),
      port,
      address,
    );
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  place = `127.0.0.1:${server.address().port}`;
});

afterAll(() => void server.close());

const soa: packet.Answer = {
  name: 'mesos',
  type: 'SOA',
  ttl: 10,
  data: {
    mname: 'ns1.mesos',
    rname: 'root.ns1.mesos',
    serial: 7,
    refresh: 60,
    retry: 600,
    expire: 86400,
    minimum: 10,
  },
};

async function run(line: string) {
  const shell = new FakeShell();
  const code = await runCli(`lookup ${line} --server ${place}`.split(' '), '1.0.0', shell);
  return { code, out: shell.outLines, err: shell.errLines };
}

test('an answer is shown as a master file, with where it came from', async () => {
  const { code, out } = await run('web.mesos');
  expect(code).toBe(0);
  expect(out[0]).toMatch(/^; NOERROR, flags qr aa rd.*, from 127\.0\.0\.1:\d+, [\d.]+ ms$/);
  expect(out[1].split('\t')).toEqual(['web.mesos.', '60', 'IN', 'A', '10.0.0.1']);
});

test('no such name is a failure, and shows the start of authority', async () => {
  const { code, out } = await run('nothing.mesos SRV');
  expect(code).toBe(1);
  expect(out[0]).toMatch(/^; NXDOMAIN/);
  expect(out.slice(1).join('\n')).toMatch(/^; authority\nmesos\.\t10\tIN\tSOA\tns1\.mesos\. /);
});

test('a server that is silent is said to be', async () => {
  const { code, err } = await run('silent.mesos');
  expect(code).toBe(1);
  expect(err).toEqual([`No response from ${place}`]);
});

test.each([
  { line: 'a..b', said: /a\.\.b is no domain name/ },
  { line: 'web.mesos NOPE', said: /NOPE is no record type/ },
])('lookup $line is refused', async ({ line, said }) => {
  const { code, err } = await run(line);
  expect(code).toBe(1);
  expect(err.join()).toMatch(said);
});
