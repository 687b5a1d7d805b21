import { expect, test } from 'vitest';
import { decodeEvent } from '../../src/mesos/decode-event.ts';
import { AGENT, type Json, read, stateOf } from '../fakes/raw-state.ts';

const domain = (region: unknown, zone: unknown) => ({
  fault_domain: { region: { name: region }, zone: { name: zone } },
});

/** The only agent of a state in which it has these fields. */
function agentWith(fields: Json) {
  const { agents, faults } = read(stateOf({ slaves: [{ ...AGENT, ...fields }] }));
  expect(faults).toEqual([]);
  return [...agents.values()][0];
}

test.each([
  {
    why: 'as set by --domain',
    domain: domain('eu', 'eu-a'),
    place: { region: 'eu', zone: 'eu-a' },
  },
  { why: 'none', domain: undefined },
  { why: 'null', domain: null },
  { why: 'empty', domain: {} },
  { why: 'without a zone', domain: { fault_domain: { region: { name: 'eu' } } } },
  { why: 'of numbers', domain: domain(1, 2) },
  { why: 'of empty names', domain: domain('', '') },
  { why: 'of names longer than any', domain: domain('x'.repeat(256), 'a') },
  { why: 'a list', domain: [domain('eu', 'eu-a')] },
])('a fault domain $why', ({ domain: json, place }) => {
  expect(agentWith({ domain: json }).faultDomain).toEqual(place);
});

const ATTRIBUTES: readonly {
  readonly why: string;
  readonly attributes: unknown;
  readonly kept: Readonly<Record<string, string>>;
}[] = [
  { why: 'texts', attributes: { rack: 'r1', disk: 'ssd' }, kept: { rack: 'r1', disk: 'ssd' } },
  { why: 'a number', attributes: { cores: 8.5, rack: 'r1' }, kept: { rack: 'r1' } },
  { why: 'ranges, which are texts here', attributes: { p: '[1-2]' }, kept: { p: '[1-2]' } },
  { why: 'a name every object has', attributes: { constructor: 'x' }, kept: { constructor: 'x' } },
  { why: 'a text', attributes: 'rack:r1', kept: {} },
  { why: 'none', attributes: undefined, kept: {} },
];

test.each(ATTRIBUTES)('attributes of /state: $why', ({ attributes, kept }) => {
  expect(Object.fromEntries(agentWith({ attributes }).attributes)).toEqual(kept);
});

test('v1 tells the same: the domain in agent_info, attributes as a list', () => {
  const attributes = [
    { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
    { name: 'cores', type: 'SCALAR', scalar: { value: 8 } },
    { name: 'broken' },
    'broken',
  ];
  const info = { id: { value: 'S0' }, hostname: 'one', domain: domain('eu', 'eu-a'), attributes };
  const json = {
    type: 'AGENT_ADDED',
    agent_added: { agent: { agent_info: info, pid: 'slave(1)@10.0.0.7:5051' } },
  };
  expect(decodeEvent(json, () => {})).toMatchObject({
    agent: { faultDomain: { region: 'eu', zone: 'eu-a' }, attributes: [['rack', 'r1']] },
  });
});
