import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';

const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin'];

/** Where a program is installed; undefined when it is not. */
export function findProgram(name: string): string | undefined {
  return FOLDERS.map(folder => join(folder, name)).find(isExecutable);
}

/**
 * `test`, for tests that need real programs from Debian. Where one is missing the test is skipped
 * with the reason in its name; under CI (`MESONYM_CI` set) it fails instead.
 */
export function testWith(...programs: readonly string[]) {
  const missing = programs.filter(name => findProgram(name) === undefined);
  if (missing.length === 0) return test;
  if (process.env['MESONYM_CI']) {
    return (name: string, ..._rest: readonly unknown[]) =>
      test(name, () => {
        throw new Error(`Cannot run without ${missing.join(', ')}: install it, or mend .ci/run`);
      });
  }
  return (name: string, ..._rest: readonly unknown[]) =>
    test.skip(`${name} (skipped: ${missing.join(', ')} not installed)`, () => {});
}

/** Says whether this process may make network namespaces: needed by tests of real resolvers. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
