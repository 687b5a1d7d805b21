import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Programs that are not Node's. Undefined where the machine lacks one. */
export interface Programs {
  /** Our own generator, compiled here; without it there are no percentiles. */
  readonly dnsblast: string | undefined;
  /** The bare responder, compiled here. */
  readonly responder: string | undefined;
  readonly dnsperf: string | undefined;
}

const SOURCES = fileURLToPath(new URL('.', import.meta.url));

/** Compiles our own programs into `folder` with the machine's compiler, and finds the others. */
export function findPrograms(folder: string): Programs {
  return {
    dnsblast: compile(folder, 'dnsblast', ['dnsblast.c', 'dnsblast-tcp.c']),
    responder: compile(folder, 'responder', ['responder.c']),
    dnsperf: findProgram('dnsperf'),
  };
}

/** Where a program is installed; undefined when it is not. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map(folder => join(folder, name)).find(isExecutable);
}

function compile(folder: string, name: string, sources: readonly string[]): string | undefined {
  const compiler = findProgram('cc');
  if (!compiler) return undefined;
  const output = join(folder, name);
  const files = sources.map(source => join(SOURCES, source));
  execFileSync(compiler, ['-O2', '-Wall', '-Wextra', '-o', output, ...files], { stdio: 'inherit' });
  return output;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
