import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect } from 'vitest';
import { AUTHORITY, BY_ADDRESS } from '../fakes/certificates.ts';
import { queryOctets, tlsClient } from '../fakes/dns-client.ts';
import { promptSecondary } from '../fakes/prompt-secondary.ts';
import { testWith } from '../fakes/real-programs.ts';
import { stateJson } from '../fakes/state-json.ts';
import { startStaticMaster } from '../fakes/static-master.ts';
import { steadyQueries } from '../fakes/steady-queries.ts';
import { untilTrue } from '../fakes/until-true.ts';
import { PROJECT } from '../paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesonym-hot-restart-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface LogLine {
  readonly msg: string;
  readonly pid?: number;
  readonly places?: readonly string[];
  readonly tls?: readonly string[];
}

/** How many addresses a query by DNS over TLS gets. */
async function overTls(place: string): Promise<number> {
  const client = await tlsClient(Number(place.split(':')[1]), { ca: AUTHORITY.text });
  client.send(queryOctets(1, 'web.marathon.mesos'));
  const response = (await client.receive())!;
  client.close();
  return (response[6] << 8) | response[7];
}

/** The lines of the log of a process and of its successors, which write to the same output. */
function logOf(output: NodeJS.ReadableStream) {
  const seen: LogLine[] = [];
  const waiting: { msg: string; resolve: (line: LogLine) => void }[] = [];
  createInterface({ input: output }).on('line', text => {
    const line = JSON.parse(text) as LogLine;
    seen.push(line);
    for (const [index, { msg, resolve }] of [...waiting.entries()].reverse()) {
      if (line.msg !== msg) continue;
      waiting.splice(index, 1);
      resolve(line);
    }
  });
  return {
    seen,
    next: (msg: string) => new Promise<LogLine>(resolve => waiting.push({ msg, resolve })),
  };
}

// Sockets can be handed over only where there is FFI, which needs Linux as this program does.
testWith('unshare')(
  'a successor takes over the sockets, and not one of 5,000 queries a second is lost',
  async () => {
    const services = [{ name: 'web', instances: [['10.9.8.1'], ['10.9.8.2']] }];
    const master = await startStaticMaster(stateJson('127.0.0.1:5050', services));
    const config = join(folder, 'config.json');
    let primary: number | undefined;
    const secondary = await promptSecondary(() => primary);
    const settings = {
      masters: [`127.0.0.1:${master.port}`],
      listener: '127.0.0.1',
      port: 0,
      httpListener: '127.0.0.1',
      httpPort: 0,
      externalOn: false,
      tlsListeners: ['127.0.0.1:0'],
      tlsCertFile: BY_ADDRESS.certificatePath,
      tlsKeyFile: BY_ADDRESS.keyPath,
      secondaries: [{ address: `127.0.0.1:${secondary.port}` }],
      // The successor's serials go on from those of the snapshot.
      snapshotFile: join(folder, 'state.snapshot'),
    };
    writeFileSync(config, JSON.stringify(settings));
    const child = spawn(process.execPath, [
      join(PROJECT, 'src/mesonym.js'),
      'serve',
      '--config',
      config,
    ]);
    const log = logOf(child.stdout);
    const gone = new Promise<number | null>(resolve => child.once('exit', resolve));
    let successor: number | undefined;
    try {
      const answering = await log.next('answering');
      await log.next('ready');
      const [host, port] = answering.places![0].split(':');
      primary = Number(port);
      await untilTrue('the secondary is told', () => secondary.heard.length > 0);
      // The successor must listen where the first one does, so its config names that port.
      const tlsListeners = answering.tls!;
      writeFileSync(config, JSON.stringify({ ...settings, port: Number(port), tlsListeners }));
      const before = await overTls(tlsListeners[0]);
      const queries = await steadyQueries({ host, port: Number(port) }, 'web.marathon.mesos', 5000);
      await queries.more(2500);
      const heardBefore = secondary.heard.length;
      const handedOver = log.next('answering');
      child.kill('SIGQUIT');
      successor = (await handedOver).pid;
      expect(await gone).toBe(0);
      await queries.more(2500);
      const tally = await queries.stop();
      expect(tally).toEqual({ sent: tally.sent, answered: tally.sent, wrong: 0 });
      expect(successor).not.toBe(child.pid);
      const after = await overTls(tlsListeners[0]);
      expect([before, after]).toEqual([2, 2]);
      const isTold = () => secondary.heard.length > heardBefore;
      await untilTrue('the secondary is told by the successor', isTold);
      for (const { told, answered } of secondary.heard) {
        expect(answered.filter(serial => serial < told)).toEqual([]);
      }
    } finally {
      child.kill('SIGKILL');
      if (successor !== undefined) process.kill(successor, 'SIGTERM');
      await master.close();
      await secondary.close();
    }
  },
);
