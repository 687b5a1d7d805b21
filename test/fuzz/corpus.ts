import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Octets } from '../../src/dns/index.ts';

/** The inputs of a target: files of hexadecimal digits (`.hex`), or the octets themselves. */
export function readCorpus(folder: string, target: string): readonly Octets[] {
  const own = join(folder, target);
  return readdirSync(own)
    .toSorted()
    .map(file => {
      const octets = readFileSync(join(own, file));
      return file.endsWith('.hex') ? Buffer.from(octets.toString().trim(), 'hex') : octets;
    });
}

/** Keeps an input that showed a fault, named after what it holds. Returns the file's path. */
export function keepFinding(folder: string, target: string, octets: Octets): string {
  const name = createHash('sha256').update(octets).digest('hex').slice(0, 12);
  const file = join(folder, target, `finding-${name}.hex`);
  mkdirSync(join(folder, target), { recursive: true });
  writeFileSync(file, `${Buffer.from(octets).toString('hex')}\n`);
  return file;
}
