import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { PROJECT } from '../paths.ts';

/** The program in a process of its own, as an operator runs it. */
export interface OwnProcess {
  readonly child: ChildProcess;
  /** Resolves with all output so far once it matches; rejects when the process ends before. */
  untilSaid(pattern: RegExp): Promise<string>;
  /** Sends a signal and resolves with the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `mesonym WORDS`; `launcher` is another one than the source's, `variables` join the environment. Killed after the test at the latest. */
export function startOwnProcess(
  words: readonly string[],
  launcher = join(PROJECT, 'src/mesonym.js'),
  variables: Readonly<Record<string, string>> = {},
): OwnProcess {
  const child = spawn(process.execPath, [launcher, ...words], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const exited = once(child, 'exit') as Promise<[number | null]>;
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const untilSaid = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(said)) return;
        listeners.delete(look);
        resolve(said);
      };
      listeners.add(look);
      void exited.then(([code]) => reject(new Error(`It ended with ${code}: ${said}`)));
      look();
    });
  const end = async (signal: NodeJS.Signals = 'SIGINT') => {
    child.kill(signal);
    const [code] = await exited;
    return code;
  };
  return { child, untilSaid, end };
}
