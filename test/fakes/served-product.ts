import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PROJECT } from '../paths.ts';
import { end } from './namespace.ts';
import { startStaticMaster } from './static-master.ts';

/** The whole product in a process of its own, as an operator runs it, on free ports of 127.0.0.1. */
export interface ServedProduct {
  readonly child: ChildProcess;
  readonly port: number;
  /** Where its HTTP API is, as `http://127.0.0.1:1234`. */
  readonly origin: string;
  /** Every line it logged so far. */
  readonly log: readonly string[];
  /** Gives the master another state. */
  serve(state: Uint8Array): void;
  /** The value of a series as `/metrics` spells it; 0 when it is not there. */
  metric(series: string): Promise<number>;
  /** The text of an API route. */
  text(path: string): Promise<string>;
  /** Resident memory in octets. */
  residentOctets(): number;
  /** Processor time used so far, in milliseconds. */
  cpuMs(): number;
  close(): Promise<void>;
}

/** What the kernel counts processor time in, on every Linux that Node runs on. */
const TICK_MS = 10;
/** This very Node, and the sources of this checkout. */
const OWN_LAUNCH: Launch = { node: [process.execPath], checkout: PROJECT };

/** What runs the product: the words that start Node, and where the sources are. */
export interface Launch {
  readonly node: readonly string[];
  readonly checkout: string;
}

/**
 * Starts a master that answers `state` and Mesonym behind it; `settings` stand over the usual ones.
 * Resolves when it answers from that state. `nodeOptions` are for Node itself, such as `--import`.
 */
export async function serveProduct(
  state: Uint8Array,
  settings: Readonly<Record<string, unknown>> = {},
  nodeOptions: readonly string[] = [],
  { node, checkout }: Launch = OWN_LAUNCH,
): Promise<ServedProduct> {
  const master = await startStaticMaster(state);
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-product-'));
  const configFile = join(folder, 'config.json');
  const masters = [`127.0.0.1:${master.port}`];
  writeFileSync(configFile, JSON.stringify({ masters, ...USUAL, ...settings }));
  const launcher = join(checkout, 'src/mesonym.js');
  const [program, ...words] = [...node, ...nodeOptions, launcher, 'serve', '--config', configFile];
  const child = spawn(program, words);
  const close = async () => {
    await end(child, 'SIGINT');
    await master.close();
    rmSync(folder, { recursive: true });
  };
  try {
    const log = await untilReady(child);
    const port = Number(/"places":\["[^"]*:(\d+)"/.exec(log.join('\n'))?.[1]);
    const { address, port: httpPort } = JSON.parse(
      log.find(line => line.includes('"msg":"serving HTTP"'))!,
    );
    const origin = `http://${address}:${httpPort}`;
    const text = async (path: string) => (await fetch(`${origin}${path}`)).text();
    const processFile = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
    return {
      child,
      port,
      origin,
      log,
      serve: next => master.serve(next),
      text,
      metric: async series => seriesValue(series, await text('/metrics')),
      residentOctets: () => Number(/^VmRSS:\s+(\d+)/m.exec(processFile('status'))![1]) * 1024,
      cpuMs: () => cpuTicks(processFile('stat')) * TICK_MS,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const USUAL = {
  listener: '127.0.0.1',
  port: 0,
  httpListener: '127.0.0.1',
  httpPort: 0,
  externalOn: false,
  refreshSeconds: 1,
  source: 'poll',
};

/** Resolves, with all lines logged until then and later, when the first state is answered from. */
async function untilReady(child: ChildProcess): Promise<string[]> {
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', line => {
        log.push(line);
        if (line.includes('"msg":"ready"')) resolve();
      });
    }
    child.once('exit', code => reject(new Error(`Ended with ${code}:\n${log.join('\n')}`)));
  });
  return log;
}

function seriesValue(series: string, metrics: string): number {
  const line = metrics.split('\n').find(each => each.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

/** User and system time: the 14th and 15th field; the second, in brackets, may hold blanks. */
function cpuTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
