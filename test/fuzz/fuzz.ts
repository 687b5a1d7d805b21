import type { Octets } from '../../src/dns/index.ts';
import type { Random } from '../../src/runtime/index.ts';
import { mutate } from '../fakes/mutate.ts';

/** Something that reads what strangers send. */
export interface FuzzTarget {
  readonly name: string;
  /**
   * Reads one input. Returns what it turned out to be, as a short text: inputs with a new text are
   * mutated further. Throws when a law is broken.
   */
  run(octets: Octets): string;
}

export interface FuzzFinding {
  readonly octets: Octets;
  readonly error: unknown;
}

export interface FuzzResult {
  readonly inputs: number;
  /** How many kinds of outcome were seen. */
  readonly outcomes: number;
  /** The slowest input, in milliseconds. */
  readonly slowestMs: number;
  readonly finding: FuzzFinding | undefined;
}

/** Inputs that led to something new are kept as further seeds, but no more than this. */
const MOST_SEEDS = 4_000;
/** Most inputs take microseconds; a task with thousands of ports a tenth of a second. */
const HANG_MS = 1_000;
/** Garbage collection and other programs come in between, but not each time. */
const HANGS_AGAIN = 3;
const BETWEEN_LOOKS = 256;
/** Mutants of mutants would grow for ever; what is longer shows no more. */
const MOST_OCTETS = 8_192;

/**
 * Gives a target mutants of its corpus until `isOver`, or until one breaks a law. What leads to an
 * outcome not seen before joins the corpus, so that the search goes on from there.
 */
export function fuzz(
  target: FuzzTarget,
  corpus: readonly Octets[],
  random: Random,
  isOver: (inputs: number) => boolean,
): FuzzResult {
  const seeds = [...corpus];
  const seen = new Set<string>();
  let slowestMs = 0;
  let inputs = 0;
  const result = (finding?: FuzzFinding): FuzzResult => {
    return { inputs, outcomes: seen.size, slowestMs, finding };
  };
  for (; inputs % BETWEEN_LOOKS !== 0 || !isOver(inputs); inputs++) {
    const seed = seeds[random.below(seeds.length)];
    const octets = mutate(seed, seeds, random).subarray(0, MOST_OCTETS);
    try {
      const tookMs = timed(() => {
        const outcome = target.run(octets);
        if (!seen.has(outcome) && seeds.length < MOST_SEEDS) seeds.push(octets);
        seen.add(outcome);
      });
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > HANG_MS && hangsAgain(target, octets)) {
        return result({ octets, error: new Error(`It takes ${tookMs} ms`) });
      }
    } catch (error) {
      return result({ octets: smallest(target, octets), error });
    }
  }
  return result();
}

function hangsAgain(target: FuzzTarget, octets: Octets): boolean {
  const tries = Array.from({ length: HANGS_AGAIN }, () => timed(() => void target.run(octets)));
  return Math.min(...tries) > HANG_MS;
}

function timed(run: () => void): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}

/** Leaves out of an input what its fault does not need. */
function smallest(target: FuzzTarget, octets: Octets): Octets {
  let best = octets;
  for (let size = best.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= best.length; ) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (breaksLaw(target, shorter)) best = shorter;
      else at += size;
    }
  }
  return best;
}

function breaksLaw(target: FuzzTarget, octets: Octets): boolean {
  try {
    target.run(octets);
    return false;
  } catch {
    return true;
  }
}
