import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/runtime/index.ts';
import { PROJECT } from '../paths.ts';
import { keepFinding, readCorpus } from './corpus.ts';
import { fuzz } from './fuzz.ts';
import { FUZZ_TARGETS } from './targets.ts';

// `npm run fuzz -- --seconds 60`: mutates the corpus of every reader, the time shared out evenly.
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    /** Instead of a time: so many inputs for each target. */
    inputs: { type: 'string' },
    /** Equal seeds give equal inputs. */
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    target: { type: 'string' },
    /** Where inputs come from, and findings go. */
    corpus: { type: 'string', default: join(PROJECT, 'test/fixtures/corpus') },
  },
});

const targets = FUZZ_TARGETS.map(make => make()).filter(({ name }) => {
  return values.target === undefined || values.target === name;
});
const shareMs = (Number(values.seconds) * 1000) / targets.length;
process.stdout.write(`seed ${values.seed}\n`);
for (const target of targets) {
  const startMs = performance.now();
  const isOver = (inputs: number) =>
    values.inputs === undefined
      ? performance.now() - startMs >= shareMs
      : inputs >= Number(values.inputs);
  const corpus = readCorpus(values.corpus, target.name);
  const random = seededRandom(Number(values.seed));
  const { inputs, outcomes, slowestMs, finding } = fuzz(target, corpus, random, isOver);
  const took = `slowest ${slowestMs.toFixed(1)} ms`;
  process.stdout.write(`${target.name}: ${inputs} inputs, ${outcomes} outcomes, ${took}\n`);
  if (finding) {
    const file = keepFinding(values.corpus, target.name, finding.octets);
    process.stdout.write(`${target.name}: ${file}\n${(finding.error as Error).stack}\n`);
    process.exitCode = 1;
  }
}
