import { readFileSync } from 'node:fs';
import { runCli } from './cli.ts';
import type { Shell } from './commands/index.ts';
import { ownInheritance, startSuccessor } from './succession.ts';
import { ownSupervisor } from './supervisor.ts';

/**
 * The process: arguments, signals, exit code. Output is written in whole lines; a reader that has
 * gone away (a closed pipe) ends the process quietly.
 */
const shell: Shell = {
  out: line => void process.stdout.write(`${line}\n`),
  err: line => void process.stderr.write(`${line}\n`),
  environment: process.env,
  fetch: globalThis.fetch,
  onSignal: (signal, handle) => {
    process.on(signal, handle);
    return () => process.off(signal, handle);
  },
  onUnhandled: handle => {
    process.on('uncaughtException', handle);
    process.on('unhandledRejection', handle);
    return () => {
      process.off('uncaughtException', handle);
      process.off('unhandledRejection', handle);
    };
  },
  startSuccessor,
  inheritance: ownInheritance(process),
  supervisor: ownSupervisor(process.env, process.pid),
  startApp: async (config, world) => {
    const { startApp } = await import('./app.ts');
    return await startApp(config, world);
  },
};

process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0);
  throw error;
});

const about = new URL('../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(about, 'utf8')) as { version: string };
process.exitCode = await runCli(process.argv.slice(2), version, shell);
leave();

/**
 * The process ends by itself when nothing is left to do. Where something holds it back (a drain that
 * a second signal gave up, a connection nobody closed), it ends as soon as all output is written.
 */
function leave(): void {
  setTimeout(() => (process.stdout.writableLength === 0 ? process.exit() : leave()), 500).unref();
}
