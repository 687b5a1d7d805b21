import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../bench/measure/free-port.ts';
import { seededRandom, systemClock } from '../../src/runtime/index.ts';
import { type SimulatedCluster, startCluster } from '../../src/simulator/index.ts';
import { end, untilLine } from '../fakes/namespace.ts';
import { findProgram } from '../fakes/real-programs.ts';
import { PROJECT } from '../paths.ts';

/** A cluster whose tasks are real HTTP servers on loopback, and Mesonym in a process of its own. */
export interface ServedCluster {
  readonly cluster: SimulatedCluster;
  /** Where Mesonym answers on 127.0.0.1, over UDP and TCP. */
  readonly dnsPort: number;
  readonly httpPort: number;
  /** A folder for the files of the test; removed at the end. */
  readonly folder: string;
  /** Starts a client; resolves when a line of its output matches. Ended by its pid with the rest. */
  startClient(ready: RegExp, program: string, ...args: readonly string[]): Promise<void>;
  /** Ends Mesonym. */
  stop(): Promise<void>;
  /** Starts it again on the same ports; resolves when it has said so, with a zone if not told otherwise. */
  start(said?: RegExp): Promise<void>;
  close(): Promise<void>;
}

/** Starts both; `settings` go over those of the test. */
export async function serveCluster(
  agents: number,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<ServedCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-cluster-'));
  const cluster = await startCluster({
    clock: systemClock(),
    random: seededRandom(1),
    agents,
    serveTasks: true,
    timings: { electionMs: 300, registryMs: 50, reregisterMs: 100, restartMs: 300 },
  });
  const [dnsPort, httpPort] = [await freePort(), await freePort()];
  const configFile = join(folder, 'config.json');
  const own = { masters: cluster.addresses, port: dnsPort, httpPort };
  writeFileSync(configFile, JSON.stringify({ ...basicSettings, ...own, ...settings }));
  const clients: ChildProcess[] = [];
  let server: ChildProcess | undefined;
  const stop = async () => {
    if (server) await end(server);
    server = undefined;
  };
  const start = async (said = /"msg":"ready"/) => {
    const launcher = join(PROJECT, 'src/mesonym.js');
    server = spawn(process.execPath, [launcher, 'serve', '--config', configFile]);
    await untilLine(server, said);
  };
  const close = async () => {
    for (const child of clients.reverse()) await end(child);
    await stop();
    await cluster.close();
    rmSync(folder, { recursive: true });
  };
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    cluster,
    dnsPort,
    httpPort,
    folder,
    startClient: async (ready, program, ...args) => {
      const child = spawn(findProgram(program) ?? program, args, { cwd: folder });
      clients.push(child);
      await untilLine(child, ready);
    },
    stop,
    start,
    close,
  };
}

const basicSettings = {
  listeners: ['127.0.0.1'],
  httpListener: '127.0.0.1',
  externalOn: false,
  refreshSeconds: 1,
};
