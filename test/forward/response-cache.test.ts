import { encode } from 'dns-packet';
import { expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import { keepResponse, NO_OPTIONS } from '../../src/forward/kept-response.ts';
import { readUpstreamMessage } from '../../src/forward/message-reader.ts';
import { ResponseCache } from '../../src/forward/response-cache.ts';
import { seededRandom } from '../../src/runtime/index.ts';

const newCache = (maxOctets = 2 ** 20) => new ResponseCache(maxOctets, seededRandom(1));

function kept(name: string, flags = 0, type: 'A' | 'AAAA' | 'HTTPS' = 'A') {
  const octets = encode({
    type: 'response',
    questions: [{ type: type as 'A', name }],
    answers: [{ type: 'TXT', name, ttl: 60, data: 'x'.repeat(100) }],
  });
  return keepResponse(readUpstreamMessage(new Uint8Array(octets))!, flags, NO_OPTIONS, 0);
}

function find(cache: ResponseCache, name: string, flags = 0, type: 'A' | 'AAAA' = 'A') {
  const octets = encode({ questions: [{ type, name }] });
  return cache.find(octets, 12, octets.length, flags);
}

test('a name is found in any case, by its type and flags only', () => {
  const cache = newCache();
  cache.store(kept('www.example.com', 1));
  expect(find(cache, 'WWW.example.COM', 1)).toBeDefined();
  expect(find(cache, 'www.example.com', 1, 'AAAA')).toBeUndefined();
  expect(find(cache, 'www.example.com', 1 | 4)).toBeUndefined();
  expect(find(cache, 'www.example.co', 1)).toBeUndefined();
});

test('names whose octets differ outside the letters are apart', () => {
  const cache = newCache();
  cache.store(kept('a@b'));
  expect(find(cache, 'a`b')).toBeUndefined();
});

test('stays within its octets, the oldest going first', () => {
  const cache = newCache(100_000);
  for (let index = 0; index < 1000; index++) cache.store(kept(`host${index}.example`));
  expect(cache.octets).toBeLessThanOrEqual(100_000);
  expect(cache.entries).toBeGreaterThan(50);
  expect(find(cache, 'host999.example')).toBeDefined();
  expect(find(cache, 'host0.example')).toBeUndefined();
});

test('of size 0 keeps nothing', () => {
  const cache = newCache(0);
  cache.store(kept('example.com'));
  expect(cache.entries).toBe(0);
});

test('forgets one name with all its types, or everything', () => {
  const cache = newCache();
  for (const name of ['a.example', 'b.example', 'x.a.example']) cache.store(kept(name));
  cache.store(kept('A.example', 0, 'AAAA'));
  cache.flush(knownName('a.example'));
  expect(find(cache, 'a.example')).toBeUndefined();
  expect(find(cache, 'a.example', 0, 'AAAA')).toBeUndefined();
  expect(cache.entries).toBe(2);
  cache.flush();
  expect(cache.entries).toBe(0);
});
