import { expect, test } from 'vitest';
import { SpanCache } from '../../src/mesos/span-cache.ts';

/** A body that holds these spans, read to its end or given up. */
function read(cache: SpanCache<string>, keys: readonly string[], isWhole = true): string[] {
  const body = cache.begin();
  const found = keys.filter(key => {
    const known = body.find(key);
    if (!known) body.add(key, `made of ${key}`);
    return known !== undefined;
  });
  if (isWhole) body.commit();
  return found;
}

test('a body finds what the whole body before it held, and only that', () => {
  const cache = new SpanCache<string>();
  expect(read(cache, ['a', 'b'])).toEqual([]);
  expect(read(cache, ['b', 'c'])).toEqual(['b']);
  expect(read(cache, ['a', 'b', 'c'])).toEqual(['b', 'c']);
});

test('a span that stands twice in a body is found there', () => {
  expect(read(new SpanCache(), ['a', 'a'])).toEqual(['a']);
});

test('a body that is given up adds nothing and takes nothing away', () => {
  const cache = new SpanCache<string>();
  read(cache, ['a', 'b']);
  expect(read(cache, ['a', 'c'], false)).toEqual(['a']);
  expect(read(cache, ['a', 'b', 'c'])).toEqual(['a', 'b']);
});

test('a body that is read beside another one costs at most a second look at its spans', () => {
  const cache = new SpanCache<string>();
  const one = cache.begin();
  one.add('a', 'first');
  expect(read(cache, ['b'])).toEqual([]);
  one.commit();
  expect(cache.begin().find('a')).toMatchObject({ made: 'first' });
});
