import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { PROJECT } from '../paths.ts';
import { keepFinding, readCorpus } from './corpus.ts';
import { fuzz } from './fuzz.ts';
import { FUZZ_TARGETS } from './targets.ts';

const CORPUS = join(PROJECT, 'test/fixtures/corpus');
const SEED = 20_261_122;
const INPUTS = 1_500;

describe.each(FUZZ_TARGETS.map(make => make()))('$name', target => {
  const corpus = readCorpus(CORPUS, target.name);

  test('reads its corpus, earlier findings among it', () => {
    expect(corpus.length).toBeGreaterThan(3);
    for (const octets of corpus) expect(() => target.run(octets)).not.toThrow();
  });

  test(`keeps its laws under ${INPUTS} mutants`, () => {
    const result = fuzz(target, corpus, seededRandom(SEED), inputs => inputs >= INPUTS);
    expect(result.finding, `seed ${SEED}`).toBeUndefined();
    expect(result.outcomes).toBeGreaterThan(5);
  });
});

test('every corpus has its target', () => {
  const names = FUZZ_TARGETS.map(make => make().name);
  expect(readdirSync(CORPUS).toSorted()).toEqual(names.toSorted());
});

test('a fault is found, made small, and kept as a file', () => {
  const faulty = {
    name: 'faulty',
    run: (octets: Uint8Array) => {
      if (octets.includes(0xc0) && octets.includes(63)) throw new Error('a planted fault');
      return String(octets.length % 7);
    },
  };
  const corpus = [Uint8Array.from({ length: 40 }, (_, index) => index)];
  const { finding } = fuzz(faulty, corpus, seededRandom(1), inputs => inputs >= 100_000);
  expect([...(finding?.octets ?? [])].toSorted((one, other) => one - other)).toEqual([63, 0xc0]);
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-fuzz-'));
  keepFinding(folder, 'faulty', finding!.octets);
  expect(readCorpus(folder, 'faulty')).toEqual([Buffer.from(finding!.octets)]);
  rmSync(folder, { recursive: true });
});

test('npm run fuzz takes a time, and tells what it did', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-fuzz-'));
  cpSync(CORPUS, folder, { recursive: true });
  const args = ['test/fuzz/run.ts', '--seconds', '0.5', '--seed', '7', '--corpus', folder];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PROJECT });
  rmSync(folder, { recursive: true });
  expect(stdout).toMatch(/^seed 7$/m);
  expect(stdout.match(/^[a-z-]+: \d+ inputs, \d+ outcomes/gm)).toHaveLength(FUZZ_TARGETS.length);
});
