import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { list, object, take } from '../../src/mesos/json-shape.ts';
import { JsonSpans } from '../../src/mesos/json-spans.ts';
import { StateError } from '../../src/mesos/state-error.ts';

const SHAPE = object('top', {
  name: take('name'),
  items: list('items', take('item')),
  groups: list(
    'groups',
    object('group', { id: take('id'), members: list('members', take('member')) }),
  ),
});

/** What is found in `text`, as lines, when it comes in pieces of `size` octets. */
function found(text: string, size = Number.POSITIVE_INFINITY): string[] {
  const lines: string[] = [];
  const spans = new JsonSpans(SHAPE, {
    take: (name, octets, start, end) =>
      lines.push(`${name} ${octets.toString('utf8', start, end)}`),
    open: name => lines.push(`(${name}`),
    close: name => lines.push(`${name})`),
    odd: name => lines.push(`odd ${name}`),
  });
  const octets = Buffer.from(text);
  for (let at = 0; at < octets.length; at += size) spans.write(octets.subarray(at, at + size));
  spans.finish();
  return lines;
}

function rejection(text: string): string {
  try {
    found(text);
  } catch (error) {
    if (error instanceof StateError) return error.rejection;
    throw error;
  }
  return 'none';
}

const DOCUMENT = ` {"skip":{"items":[1,{"a":"]}"}],"b":"\\\\"},"name":"é\\"{[","x":-1.5e3,
  "items":[{"a":[1,2]} , "s\\\\",null,true,12.0,[]],"items\\u0041":[1],
  "groups":[{"id":"g1","members":[{"n":1},{"n":2}],"junk":[[["]"]]]},{"members":[]}, 7],"end":"\\\\\\""} `;

test('hands over what the shape names and passes over the rest', () => {
  expect(found(DOCUMENT)).toEqual([
    '(top',
    'name "é\\"{["',
    '(items',
    'item {"a":[1,2]}',
    'item "s\\\\"',
    'item null',
    'item true',
    'item 12.0',
    'item []',
    'items)',
    '(groups',
    '(group',
    'id "g1"',
    '(members',
    'member {"n":1}',
    'member {"n":2}',
    'members)',
    'group)',
    '(group',
    '(members',
    'members)',
    'group)',
    'odd group',
    'groups)',
    'top)',
  ]);
});

test('law: however the octets are cut, the same is found', () => {
  const whole = found(DOCUMENT);
  for (let size = 1; size < 80; size++)
    expect(found(DOCUMENT, size), `pieces of ${size}`).toEqual(whole);
});

test('law: items come back as they went in, at any cut', () => {
  const property = fc.property(fc.array(fc.jsonValue()), fc.nat(40), (items, size) => {
    const text = JSON.stringify({ first: items, items });
    const taken = found(text, size + 1).filter(line => line.startsWith('item '));
    expect(taken).toEqual(items.map(item => `item ${JSON.stringify(item)}`));
  });
  fc.assert(property, { numRuns: 300 });
});

describe('documents that are refused', () => {
  test.each([
    { why: 'nothing at all', text: '', as: 'truncated' },
    { why: 'cut in a string', text: '{"name":"ab', as: 'truncated' },
    { why: 'cut in a list', text: '{"items":[1,2', as: 'truncated' },
    { why: 'cut before the last brace', text: '{"items":[1,2]', as: 'truncated' },
    { why: 'cut after a backslash', text: '{"name":"ab\\', as: 'truncated' },
    { why: 'a page of HTML', text: '<html>', as: 'json' },
    { why: 'plain text', text: 'No leader elected', as: 'json' },
    { why: 'two documents', text: '{}{}', as: 'json' },
    { why: 'a missing colon', text: '{"name" 1}', as: 'json' },
    { why: 'a missing comma', text: '{"name":1 "x":2}', as: 'json' },
    { why: 'a comma before the end', text: '{"name":1,}', as: 'json' },
    { why: 'a key without quotes', text: '{name:1}', as: 'json' },
    { why: 'the wrong bracket', text: '{"items":[1}', as: 'json' },
    { why: 'a value that is none', text: '{"items":[@]}', as: 'json' },
    { why: 'a key without an end', text: `{"${'k'.repeat(70_000)}`, as: 'json' },
    { why: 'a list on top', text: '[]', as: 'shape' },
    { why: 'text on top', text: '"state"', as: 'shape' },
    { why: 'null on top', text: 'null', as: 'shape' },
  ])('$why', ({ text, as }) => {
    expect(rejection(text)).toBe(as);
  });
});

test('something else where a list belongs is told, and passed over', () => {
  expect(found('{"items":null,"groups":{"id":1},"name":2}')).toEqual([
    '(top',
    'odd items',
    'odd groups',
    'name 2',
    'top)',
  ]);
});
