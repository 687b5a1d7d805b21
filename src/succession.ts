import { spawn } from 'node:child_process';
import type { Inheritance } from './commands/index.ts';
import { HANDED_OVER, inheritedDescriptors } from './server/index.ts';

/** So long may a successor take until it answers; a large cluster's first state takes seconds. */
const PATIENCE_MS = 60_000;
/** The variable that tells a process it takes over from another; its value does not matter. */
const SUCCESSOR = 'MESONYM_SUCCESSOR';
const ANSWERS = 'answers';

/**
 * What this process was started with. The variables are removed, so that no child takes them for
 * its own.
 */
export function ownInheritance(self: NodeJS.Process): Inheritance {
  const descriptors = inheritedDescriptors(self.env, self.pid);
  const isSuccessor = self.env[SUCCESSOR] !== undefined && self.send !== undefined;
  delete self.env[SUCCESSOR];
  if (!isSuccessor) return { descriptors, announce: undefined };
  const announce = () =>
    new Promise<void>(resolve => {
      // The channel lasts as long as the older process; it must not keep this one from ending.
      self.once('disconnect', resolve);
      self.channel?.unref();
      self.send?.(ANSWERS, error => {
        if (error) resolve();
      });
    });
  return { descriptors, announce };
}

/**
 * Starts this program anew, with the same arguments, and gives it our listening sockets. Resolves with
 * its pid when it says that it answers; rejects when it ends before, or takes too long and is ended.
 */
export async function startSuccessor(descriptors: readonly number[]): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: {
      ...process.env,
      [HANDED_OVER]: String(descriptors.length),
      [SUCCESSOR]: '1',
      // systemd's watchdog was meant for our pid; it is for whoever answers.
      WATCHDOG_PID: undefined,
    },
    // The sockets come first, from descriptor 3 on; the channel is found by its variable.
    stdio: ['ignore', 'inherit', 'inherit', ...descriptors, 'ipc'],
    detached: true,
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on('message', message => {
    // Who has sent a message has a pid.
    if (message === ANSWERS) resolve(child.pid!);
  });
  child.on('error', reject);
  child.on('exit', code => reject(new Error(`it ended with ${code}`)));
  const patience = setTimeout(() => reject(new Error('it took too long')), PATIENCE_MS);
  try {
    const pid = await promise;
    child.unref();
    // It stays open until this process ends: so the successor knows that it answers alone.
    child.channel?.unref();
    return pid;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(patience);
  }
}
