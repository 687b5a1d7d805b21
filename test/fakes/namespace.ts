import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A network of its own on this machine: a loopback, an /etc/resolv.conf, nothing else. */
export interface Namespace {
  /** A process in it, which names it for `ip link ... netns PID`. */
  readonly pid: number;
  /** Replaces the text of /etc/resolv.conf. */
  setResolvConf(text: string): void;
  /** Runs a program to its end; gives its output, both kinds, and its exit code. */
  run(program: string, ...args: readonly string[]): Promise<Outcome>;
  /** Starts a program and waits until a line of its output matches `ready`. */
  start(ready: RegExp, program: string, ...args: readonly string[]): Promise<ChildProcess>;
  /** Ends what was started here, and the namespace. */
  close(): Promise<void>;
}

export interface Outcome {
  readonly output: string;
  readonly code: number;
}

/** Needs root. `addresses` are put on the loopback besides 127.0.0.1 and ::1, as `10.1.2.3/24`. */
export async function openNamespace(addresses: readonly string[] = []): Promise<Namespace> {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-namespace-'));
  const resolvConf = join(folder, 'resolv.conf');
  writeFileSync(resolvConf, 'nameserver 127.0.0.1\n');
  const setUp = [
    'ip link set lo up',
    ...addresses.map(address => `ip address add ${address} dev lo`),
    `mount --bind ${resolvConf} /etc/resolv.conf`,
    'echo ready',
    'exec sleep infinity',
  ].join(' && ');
  // Without --fork the shell is the process unshare was, so its pid names the namespace.
  const keeper = spawn('unshare', ['--net', '--mount', 'sh', '-c', setUp]);
  await untilLine(keeper, /^ready$/);
  const started: ChildProcess[] = [];
  const enter = ['--target', String(keeper.pid), '--net', '--mount', '--wd=.', '--'];
  return {
    pid: keeper.pid!,
    setResolvConf: text => writeFileSync(resolvConf, text),
    run: (program, ...args) =>
      new Promise(resolve => {
        execFile('nsenter', [...enter, program, ...args], (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
          resolve({ output: stdout + stderr, code });
        });
      }),
    start: async (ready, program, ...args) => {
      const child = spawn('nsenter', [...enter, program, ...args]);
      started.push(child);
      await untilLine(child, ready);
      return child;
    },
    close: async () => {
      for (const child of [...started.reverse(), keeper]) await end(child);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Ends a process by its pid and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Resolves at the first line of output that matches; rejects, with all of it, when the process ends before. */
export function untilLine(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    const look = (line: string) => {
      seen.push(line);
      if (wanted.test(line)) resolve(line);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', look);
    }
    child.once('error', reject);
    child.once('exit', code => {
      reject(new Error(`Ended with ${code} before ${wanted} appeared:\n${seen.join('\n')}`));
    });
  });
}
