import type { Octets } from '../../src/dns/index.ts';
import type { Random } from '../../src/runtime/index.ts';

/** Octets at which readers change their minds: ends of ranges, pointers, lengths. */
const TURNING = [0, 1, 2, 11, 12, 41, 63, 64, 127, 128, 191, 192, 193, 254, 255];
const MOST_CHANGES = 5;

/** Changes `octets` here and there: a mutant of one message, or of two put together. */
export function mutate(octets: Octets, corpus: readonly Octets[], random: Random): Octets {
  let mutant: Octets = octets;
  for (let left = 1 + random.below(MOST_CHANGES); left > 0; left--) {
    mutant = CHANGES[random.below(CHANGES.length)](mutant, random, corpus);
  }
  return mutant;
}

export function randomOctets(random: Random, most: number): Octets {
  return Uint8Array.from({ length: random.below(most + 1) }, () => random.below(256));
}

type Change = (octets: Octets, random: Random, corpus: readonly Octets[]) => Octets;

const CHANGES: readonly Change[] = [
  function flipBit(octets, random) {
    return changed(octets, random, octet => octet ^ (1 << random.below(8)));
  },
  function setOctet(octets, random) {
    return changed(octets, random, () => random.below(256));
  },
  function setTurning(octets, random) {
    return changed(octets, random, () => TURNING[random.below(TURNING.length)]);
  },
  function setPair(octets, random) {
    const copy = Uint8Array.from(octets);
    const at = random.below(octets.length);
    copy[at] = TURNING[random.below(TURNING.length)];
    copy[at + 1] = TURNING[random.below(TURNING.length)];
    return copy;
  },
  function cut(octets, random) {
    return octets.slice(0, random.below(octets.length + 1));
  },
  function remove(octets, random) {
    const [from, to] = range(octets, random);
    return joined(octets.subarray(0, from), octets.subarray(to));
  },
  function insert(octets, random) {
    const at = random.below(octets.length + 1);
    return joined(octets.subarray(0, at), randomOctets(random, 16), octets.subarray(at));
  },
  function repeat(octets, random) {
    const [from, to] = range(octets, random);
    const times = random.below(random.below(20) === 0 ? 40 : 3);
    const part = octets.subarray(from, to);
    return joined(octets.subarray(0, to), ...Array(times).fill(part), octets.subarray(to));
  },
  function cross(octets, random, corpus) {
    const other = corpus[random.below(corpus.length)];
    return joined(
      octets.subarray(0, random.below(octets.length + 1)),
      other.subarray(random.below(other.length + 1)),
    );
  },
];

/** The same with one octet replaced; nothing has none to replace. */
function changed(octets: Octets, random: Random, change: (octet: number) => number): Octets {
  const copy = Uint8Array.from(octets);
  const at = random.below(octets.length);
  copy[at] = change(copy[at]);
  return copy;
}

function range(octets: Octets, random: Random): readonly [from: number, to: number] {
  const from = random.below(octets.length + 1);
  return [from, from + random.below(octets.length - from + 1)];
}

function joined(...parts: readonly Octets[]): Octets {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
