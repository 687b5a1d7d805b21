import type { Octets } from '../../src/dns/index.ts';
import type { Random } from '../../src/runtime/index.ts';
import { mutate, randomOctets } from './mutate.ts';
import { rawQuery } from './raw-query.ts';

const NAMES = [
  'web.marathon.mesos',
  '_web._tcp.marathon.mesos',
  'many.marathon.mesos',
  'mesos',
  'nope.mesos',
  'example.org',
  'version.bind',
  `${'x'.repeat(63)}.${'y'.repeat(63)}.${'z'.repeat(63)}.mesos`,
];
const TYPES = [1, 28, 33, 6, 2, 255, 251, 252, 250, 41, 16, 0, 65_535];
const OPTIONS = [
  { options: [[10, '2464c4abcf10c957']] },
  { options: [[10, `2464c4abcf10c95701000000${'0a'.repeat(12)}`]] },
  { options: [[3, '']], udpPayload: 65_535, flags: 0x8000 },
  { options: [[8, '00011800c00002']], version: 1 },
  { udpPayload: 0 },
  {},
] as const;

/** Queries as clients send them. */
const GOOD: readonly Octets[] = NAMES.flatMap(name =>
  TYPES.flatMap(type => [
    rawQuery({ name, type, flags: 0x0100 }),
    ...OPTIONS.map(opt => rawQuery({ name, type, opt })),
  ]),
);

/** A datagram as an attacker sends it: nearly good, all lies, loops, noise, or far too long. */
export function hostileDatagram(random: Random): Octets {
  const good = GOOD[random.below(GOOD.length)];
  switch (random.below(8)) {
    case 0:
      return randomOctets(random, 600);
    case 1:
      return liar(good, random);
    case 2:
      return loops(random);
    case 3:
      return random.below(20) === 0 ? randomOctets(random, 60_000) : good;
    default:
      return mutate(good, GOOD, random);
  }
}

/** A good query whose header promises what is not there. */
function liar(good: Octets, random: Random): Octets {
  const copy = Uint8Array.from(good);
  for (let at = 4; at < 12; at++) if (random.below(2) === 0) copy[at] = random.below(256);
  return copy;
}

/** Pointers to themselves, to each other, forwards and in long chains. */
function loops(random: Random): Octets {
  const pointers = Array.from({ length: 1 + random.below(200) }, () => [
    0xc0 | random.below(2),
    random.below(256),
  ]);
  const counts = [1 + random.below(2), random.below(3), random.below(3), random.below(3)] as const;
  return rawQuery({ name: null, counts, tail: Uint8Array.from(pointers.flat()) });
}
