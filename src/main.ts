import { readFileSync } from 'node:fs';
import { runCli } from './cli.ts';
import type { Shell, StartApp } from './commands/index.ts';

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
  startApp: async (config, world) => {
    const { startApp } = (await import(siblingOf('app'))) as { startApp: StartApp };
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

/** A module beside this one: source runs as .ts, the published package as .js. */
function siblingOf(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./${name}.${extension}`, import.meta.url).href;
}
