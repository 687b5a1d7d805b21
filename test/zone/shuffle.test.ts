import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { Shuffle } from '../../src/zone/shuffle.ts';

/** Deals `dealt` of `count` places and puts them back. */
function deal(shuffle: Shuffle, dealt: number, count: number): number[] {
  expect(shuffle.begin(Int32Array.of(0, 0, count), 0, 0)).toBe(count);
  const places = Array.from({ length: dealt }, (_, index) => shuffle.deal(index, count));
  expect(places.map((_, index) => shuffle.dealt(index))).toEqual(places);
  shuffle.end(dealt);
  return places;
}

const anyDeals = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true })),
  { maxLength: 8 },
);

test('any deals, one after another: each gives places once, and only those there are', () => {
  fc.assert(
    fc.property(anyDeals, fc.integer(), (deals, seed) => {
      const shuffle = new Shuffle(seededRandom(seed));
      for (const [count, share] of deals) {
        const dealt = Math.floor(count * share);
        const places = deal(shuffle, dealt, count);
        expect(new Set(places).size).toBe(dealt);
        expect(places.every(place => place >= 0 && place < count)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('what was dealt before does not show in what is dealt next', () => {
  const shuffle = new Shuffle(seededRandom(5));
  const tallies = Array.from({ length: 7 }, () => 0);
  const rounds = 7000;
  for (let round = 0; round < rounds; round++) {
    deal(shuffle, 3, 500);
    tallies[deal(shuffle, 2, 7)[1]]++;
  }
  const expected = rounds / 7;
  const chiSquare = tallies.reduce((sum, tally) => sum + (tally - expected) ** 2 / expected, 0);
  // A chance of one in a thousand, with six degrees of freedom.
  expect(chiSquare).toBeLessThan(22.46);
});
