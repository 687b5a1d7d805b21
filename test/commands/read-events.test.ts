import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvents, type ServerEvent } from '../../src/commands/read-events.ts';

const STREAM =
  ': welcome\n\nid: 7\nevent: delta\ndata: {"to":7}\n\ndata: one\ndata: two\r\n\r\nretry: 1\n\ndata: é\n\n';
const EVENTS = [
  { kind: 'delta', id: '7', text: '{"to":7}' },
  { kind: 'message', id: undefined, text: 'one\ntwo' },
  { kind: 'message', id: undefined, text: 'é' },
];

async function* cutAt(octets: Uint8Array, cuts: readonly number[]) {
  const places = [0, ...cuts.toSorted((a, b) => a - b), octets.length];
  for (let at = 1; at < places.length; at++) yield octets.subarray(places[at - 1], places[at]);
}

test('events are the same however the stream is cut', async () => {
  const octets = new TextEncoder().encode(STREAM);
  const cuts = fc.array(fc.nat(octets.length), { maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(cuts, async places => {
      const read: ServerEvent[] = [];
      for await (const event of readEvents(cutAt(octets, places))) read.push(event);
      expect(read).toEqual(EVENTS);
    }),
  );
});
