import { expect, test } from 'vitest';
import type { Heard } from '../../src/forward/channel.ts';
import { PendingQueries } from '../../src/forward/pending-queries.ts';
import { upstreamQuery } from '../../src/forward/upstream-query.ts';
import { cryptoRandom, type Random } from '../../src/runtime/index.ts';
import { queryOctets } from '../fakes/forwarding.ts';

const MANNER = { withEdns: false, inRandomCase: false };

function outgoing(name: string) {
  const octets = queryOctets(name, {}).subarray(12);
  return upstreamQuery({ octets, flags: 1, options: new Uint8Array(0) }, MANNER, cryptoRandom());
}

/** Random numbers whose upper halves, the ids, are these. */
function drawing(...ids: readonly number[]): Random {
  let at = 0;
  return { ...cryptoRandom(), uint32: () => ids[at++] * 65_536 };
}

function waiting(random: Random = cryptoRandom(), most = 10) {
  const seen = { mismatches: 0, heard: [] as Heard['kind'][] };
  const pending = new PendingQueries({ random, onMismatch: () => void seen.mismatches++ }, most);
  const add = (name: string) => {
    const query = outgoing(name);
    const id = pending.add(query, ({ kind }) => void seen.heard.push(kind));
    const response = Buffer.from(query.octets);
    response[2] |= 0x80;
    return { id, query, response };
  };
  return { pending, seen, add };
}

test('an id that is taken is drawn again', () => {
  const { add } = waiting(drawing(7, 7, 7, 8));
  expect([add('a.example').id, add('b.example').id]).toEqual([7, 8]);
});

test('a response is told of once, and whoever repeats it is a forger', () => {
  const { pending, seen, add } = waiting();
  const { response } = add('a.example');
  pending.take(response)?.();
  expect(pending.take(response)).toBeUndefined();
  expect(seen).toEqual({ mismatches: 1, heard: ['response'] });
});

test('a response to another question leaves the query waiting', () => {
  const { pending, seen, add } = waiting();
  const { response } = add('a.example');
  const forged = Buffer.from(response);
  forged[13] ^= 1;
  expect(pending.take(forged)).toBeUndefined();
  expect(pending.take(Buffer.of(1))).toBeUndefined();
  expect([pending.size, seen.mismatches]).toEqual([1, 2]);
});

test('what was given up is not told of', () => {
  const { pending, seen, add } = waiting();
  const { id } = add('a.example');
  expect([pending.giveUp(id!), pending.giveUp(id!)]).toEqual([true, false]);
  pending.lose('closed');
  expect(seen.heard).toEqual([]);
});

test('a full one takes no more; a lost one tells all', () => {
  const { pending, seen, add } = waiting(cryptoRandom(), 2);
  add('a.example');
  add('b.example');
  expect(add('c.example').id).toBeUndefined();
  pending.lose('unreachable');
  expect(seen.heard).toEqual(['fault', 'fault']);
  expect(pending.size).toBe(0);
});
