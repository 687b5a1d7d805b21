import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type TestAPI, test } from 'vitest';

const FOLDERS = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/sbin',
  '/sbin',
  '/usr/bin',
  // Unpacked by .ci/run, for its package would take over /etc/resolv.conf.
  '/opt/systemd-resolved/lib/systemd',
];

/** Where a program is installed; undefined when it is not. */
export function findProgram(name: string): string | undefined {
  return FOLDERS.map(folder => join(folder, name)).find(isExecutable);
}

/**
 * `test`, for tests that need real programs from Debian. Where one is missing they are skipped and
 * a line says why; under CI (`MESONYM_CI` set) the whole file fails instead.
 */
export function testWith(...programs: readonly string[]): TestAPI {
  return testWhen(
    programs.every(name => findProgram(name) !== undefined),
    `needs ${programs.join(', ')}, which Debian's packages bring (see .ci/packages.txt)`,
  );
}

/** The same for a privilege, such as making network namespaces. */
export function testAsRoot(...programs: readonly string[]): TestAPI {
  return isRoot() ? testWith(...programs) : testWhen(false, 'needs root, for network namespaces');
}

/** The same for anything else that must be there. */
export function testWhen(isPossible: boolean, reason: string): TestAPI {
  if (isPossible) return test;
  if (process.env.MESONYM_CI) throw new Error(`Cannot run this file under CI: it ${reason}`);
  test.skip(`skipped: ${reason}`, () => {});
  return test.skip as TestAPI;
}

function isRoot(): boolean {
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
