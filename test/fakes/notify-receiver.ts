import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { PROJECT } from '../paths.ts';
import { end } from './namespace.ts';
import { findProgram } from './real-programs.ts';

/** A datagram as systemd would see it. */
export interface Told {
  /** Who sent it, by the kernel's word. */
  readonly pid: number;
  readonly lines: readonly string[];
}

export interface NotifyReceiver {
  readonly told: readonly Told[];
  /** The next datagram, not looked at yet, that says `wanted`. */
  next(wanted: string | RegExp): Promise<Told>;
}

/** systemd's side of sd_notify(3), which Node has no socket for. Ends with the test. */
export async function receiveNotices(name: string): Promise<NotifyReceiver> {
  const program = join(PROJECT, 'test/fakes/notify-receiver.py');
  const child = spawn(findProgram('python3')!, [program, name]);
  onTestFinished(() => end(child, 'SIGKILL'));
  const told: Told[] = [];
  let at = 0;
  let look = () => {};
  createInterface({ input: child.stdout }).on('line', line => {
    told.push(JSON.parse(line) as Told);
    look();
  });
  const next = (wanted: string | RegExp) =>
    new Promise<Told>(resolve => {
      look = () => {
        for (; at < told.length; at++) {
          if (!told[at].lines.some(line => fits(line, wanted))) continue;
          look = () => {};
          resolve(told[at++]);
          return;
        }
      };
      look();
    });
  await next('LISTENING');
  return { told, next };
}

function fits(line: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? line === wanted : wanted.test(line);
}
