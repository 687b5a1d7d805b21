import { expect, test } from 'vitest';
import { remembered, rememberedFew, rememberedPairs } from '../../src/records/remembered.ts';

/** Says what was made, and how often. */
function maker() {
  const made: string[] = [];
  const make = (...texts: readonly string[]) => {
    made.push(texts.join(' '));
    return { texts };
  };
  return { made, make };
}

const PAIRS = [
  ['a', 'b'],
  ['ab', ''],
  ['a', 'b'],
  ['', 'ab'],
  ['ab', ''],
] as const;

test.each([
  {
    why: 'one text',
    of: (make: (text: string) => object) => {
      const ask = remembered(make);
      return (a: string, b: string) => ask(`${a},${b}`);
    },
    made: ['a,b', 'ab,', ',ab'],
  },
  {
    why: 'two texts',
    of: (make: (a: string, b: string) => object) => rememberedPairs(make).ask,
    made: ['a b', 'ab ', ' ab'],
  },
  {
    why: 'few pairs',
    of: (make: (a: string, b: string) => object) => rememberedFew(make, 3),
    made: ['a b', 'ab ', ' ab'],
  },
])('$why: each is made once, and the same one given again', ({ of, made: wanted }) => {
  const { made, make } = maker();
  const ask = of(make);
  const first = PAIRS.map(([a, b]) => ask(a, b));
  expect(PAIRS.map(([a, b]) => ask(a, b))).toEqual(first);
  expect(made).toEqual(wanted);
});

test.each([
  { why: 'pairs', of: (make: (a: string, b: string) => object) => rememberedPairs(make, 2).ask },
  { why: 'few', of: (make: (a: string, b: string) => object) => rememberedFew(make, 2) },
])('$why: past their number all are forgotten', ({ of }) => {
  const { made, make } = maker();
  const ask = of(make);
  for (const text of ['a', 'b', 'c', 'a']) ask(text, '');
  expect(made).toEqual(['a ', 'b ', 'c ', 'a ']);
});

test('pairs can be forgotten', () => {
  const { made, make } = maker();
  const { ask, forget } = rememberedPairs(make);
  ask('a', 'b');
  forget();
  ask('a', 'b');
  expect(made).toEqual(['a b', 'a b']);
});
