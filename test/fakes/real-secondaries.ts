import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../bench/measure/free-port.ts';
import { PROJECT } from '../paths.ts';
import { findProgram } from './real-programs.ts';

export type SecondaryProgram = 'knotd' | 'nsd' | 'named';

/** A real DNS server that follows the zone `mesos`, by the configuration we ship for it. */
export interface RealSecondary {
  readonly program: SecondaryProgram;
  readonly port: number;
  /** What it has logged since it was made. */
  log(): string;
  start(): void;
  /** Ends it as an operator does, and waits until it has; its folder stays. */
  stop(): Promise<void>;
  /** A zone of it, read by AXFR, as the lines of our own `/v1/zone`; none while it has no zone. */
  zone(origin?: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Flavour {
  readonly file: string;
  readonly args: readonly string[];
  /** What a test changes in the configuration we ship: ports, folders, timers, and its own reading. */
  readonly changes: (place: Place) => readonly (readonly [from: string, to: string])[];
}

interface Place {
  readonly folder: string;
  readonly own: number;
  readonly primary: number;
}

const FLAVOURS: Readonly<Record<SecondaryProgram, Flavour>> = {
  knotd: {
    file: 'knot.conf',
    args: [],
    changes: ({ folder, own, primary }) => [
      ['10.0.0.1@53', `127.0.0.1@${primary}`],
      ['10.0.0.1', '127.0.0.1'],
      ['192.0.2.10@53', `127.0.0.1@${own}\n    rundir: ${folder}\n    udp-workers: 1`],
      ['acl:\n', 'acl:\n  - id: reader\n    address: 127.0.0.1\n    action: transfer\n'],
      [
        'zone:\n',
        `database:\n    storage: ${folder}\nlog:\n  - target: stderr\n    any: info\nzone:\n`,
      ],
      ['acl: from-mesonym\n', `acl: [from-mesonym, reader]\n    storage: ${folder}\n`],
    ],
  },
  nsd: {
    file: 'nsd.conf',
    args: ['-d'],
    changes: ({ folder, own, primary }) => [
      ['10.0.0.1@53', `127.0.0.1@${primary}`],
      ['10.0.0.1', '127.0.0.1'],
      [
        'ip-address: 192.0.2.10',
        `ip-address: 127.0.0.1@${own}\n${NSD_PLACES.replaceAll('FOLDER', folder)}`,
      ],
      [
        'zone:\n',
        'remote-control:\n    control-enable: no\nzone:\n    provide-xfr: 127.0.0.1 NOKEY\n',
      ],
    ],
  },
  named: {
    file: 'named.conf',
    args: ['-g', '-n', '1'],
    changes: ({ folder, own, primary }) => [
      ['/var/cache/bind', folder],
      ['listen-on {', `listen-on port ${own} {`],
      ['192.0.2.10', '127.0.0.1'],
      ['primaries { 10.0.0.1', `primaries { 127.0.0.1 port ${primary}`],
      ['10.0.0.1', '127.0.0.1'],
      ['recursion no;', `recursion no;\n${NAMED_PLACES.replaceAll('FOLDER', folder)}`],
      ['min-refresh-time 60;', 'min-refresh-time 1;'],
      ['min-retry-time 60;', 'min-retry-time 1;'],
      ['key "transfer" {', 'controls { };\nkey "transfer" {'],
    ],
  },
};

const NSD_PLACES = `    username: ""
    chroot: ""
    database: ""
    verbosity: 2
    pidfile: "FOLDER/nsd.pid"
    zonesdir: "FOLDER"
    zonelistfile: "FOLDER/zone.list"
    xfrdfile: "FOLDER/xfrd.state"
    xfrdir: "FOLDER"`;

const NAMED_PLACES = `    listen-on-v6 { none; };
    allow-transfer { any; };
    pid-file "FOLDER/named.pid";
    session-keyfile "FOLDER/session.key";`;

/** Makes one that follows the server at `primary` of 127.0.0.1; `start` it then. */
export async function realSecondary(
  program: SecondaryProgram,
  primary: number,
  changes: readonly (readonly [from: string, to: string])[] = [],
): Promise<RealSecondary> {
  const folder = mkdtempSync(join(tmpdir(), `mesonym-${program}-`));
  const own = await freePort();
  const flavour = FLAVOURS[program];
  const file = join(folder, flavour.file);
  const shipped = readFileSync(join(PROJECT, 'config/secondaries', flavour.file), 'utf8');
  const all = [...flavour.changes({ folder, own, primary }), ...changes];
  writeFileSync(
    file,
    all.reduce((text, [from, to]) => text.replaceAll(from, to), shipped),
  );
  let child: ChildProcess | undefined;
  let said = '';
  const stop = async () => {
    const ending = child;
    child = undefined;
    if (ending) await end(ending);
  };
  return {
    program,
    port: own,
    log: () => said,
    start: () => {
      const args = [...flavour.args, '-c', file];
      child = spawn(findProgram(program) ?? program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    },
    stop,
    zone: (origin = 'mesos') => zoneBy('dig', own, [], origin),
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The zone as a server gives it by AXFR to `dig` or `kdig`, as the sorted lines of a master file. */
export async function zoneBy(
  program: 'dig' | 'kdig',
  port: number,
  options: readonly string[] = [],
  origin = 'mesos',
): Promise<readonly string[]> {
  const words = ['@127.0.0.1', '-p', `${port}`, ...options, origin, 'AXFR'];
  const lines = (await output(program, words))
    .split('\n')
    .filter(line => /^\S+\s+\d+\s+IN\s/.test(line))
    .map(line => line.replaceAll(/\s+/g, ' '));
  const [first, ...others] = lines;
  return first === undefined ? [] : [first, ...others.filter(line => line !== first).toSorted()];
}

/** All a program says, whatever its exit code. */
export function output(program: string, words: readonly string[]): Promise<string> {
  return new Promise(resolve => {
    const options = { maxBuffer: 2 ** 28, timeout: 20_000 };
    execFile(findProgram(program) ?? program, words, options, (_error, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}

/** Resolves when `isTrue` does with something true; looks again and again for `limitMs`. */
export async function untilTrue(
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  limitMs = 20_000,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error(`Not within ${limitMs} ms: ${what}`);
    await sleep(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await exit;
  clearTimeout(kill);
}
