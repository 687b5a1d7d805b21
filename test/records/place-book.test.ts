import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipAddress, network } from '../../src/dns/index.ts';
import type { Agent, AgentId, ClusterState, Task, TaskKey } from '../../src/mesos/index.ts';
import { PlaceBook, placeOfAddress, placeRules } from '../../src/records/index.ts';
import { agentWith, clusterWith, taskWith } from '../fakes/cluster.ts';

const RULES = placeRules({
  attribute: 'rack',
  networks: [
    { network: network('10.0.0.0/8')!, region: 'eu', zone: '' },
    { network: network('10.8.0.0/16')!, region: 'eu', zone: 'eu-c' },
  ],
});

const agent = (number: number, host: string, facts: Partial<Agent> = {}) =>
  agentWith({ id: `S${number}` as AgentId, pid: { host, port: 5051 }, ...facts });
const task = (number: number, on: number, ...addresses: readonly string[]) =>
  taskWith({
    key: `F/${number}` as TaskKey,
    agentId: `S${on}` as AgentId,
    addresses: { netinfo: addresses, docker: [], mesos: [] },
  });
const inZone = (zone: string, region = 'eu') => ({ faultDomain: { region, zone } });

/** What a book says of a whole state, and the agents, zones and regions by their numbers. */
function placesOf(state: ClusterState) {
  const book = new PlaceBook(RULES);
  return new Map(book.update({ state, touched: 'all', faults: [] }));
}

const named = (address: string, state: ClusterState) =>
  placeOfAddress(ipAddress(address)!, state, RULES);

describe('where an address is', () => {
  const state = clusterWith({
    agents: [
      agent(1, '10.0.0.1', inZone('eu-a')),
      agent(2, '10.0.0.2', inZone('eu-b')),
      agent(3, '10.0.0.3', { attributes: [['rack', 'r7']] }),
      agent(4, '10.8.0.4'),
      agent(5, 'known.example', inZone('a', 'us')),
      agent(6, 'unknown.example', inZone('a', 'us')),
      // A second agent on the machine of the first.
      agent(7, '10.0.0.1', inZone('eu-a')),
    ],
    tasks: [
      task(1, 1, '192.168.1.1', '172.17.0.2'),
      task(2, 2, '172.17.0.2', '172.17.0.9'),
      task(3, 7, '172.17.0.9x', '172.17.0.3'),
      task(4, 5, '172.17.0.3', '2001:DB8::5'),
      task(5, 99, '192.168.1.99'),
      // An address that another agent has itself.
      task(6, 2, '10.0.0.1'),
    ],
    hosts: { 'known.example': ['192.0.2.5', '2001:db8::50'] },
  });
  test.each([
    { why: 'an agent', address: '10.0.0.1', place: ['10.0.0.1', 'eu', 'eu-a'] },
    { why: 'its container', address: '192.168.1.1', place: ['10.0.0.1', 'eu', 'eu-a'] },
    { why: 'containers of one region', address: '172.17.0.2', place: ['', 'eu', ''] },
    { why: 'containers of two regions', address: '172.17.0.3', place: ['', '', ''] },
    { why: 'a rack for a zone', address: '10.0.0.3', place: ['10.0.0.3', '', 'r7'] },
    { why: "an agent's network", address: '10.8.0.4', place: ['10.8.0.4', 'eu', 'eu-c'] },
    { why: 'an agent known by name', address: '192.0.2.5', place: ['192.0.2.5', 'us', 'a'] },
    { why: 'its other address', address: '2001:db8::50', place: ['192.0.2.5', 'us', 'a'] },
    { why: 'its container, by IPv6', address: '2001:db8::5', place: ['192.0.2.5', 'us', 'a'] },
    { why: 'a task of an unknown agent', address: '192.168.1.99', place: ['', '', ''] },
    { why: 'a network alone', address: '10.9.9.9', place: ['', 'eu', ''] },
    { why: 'a longer prefix', address: '10.8.9.9', place: ['', 'eu', 'eu-c'] },
  ])('$why', ({ address, place }) => {
    const { agent: machine, region, zone } = named(address, state);
    expect([machine, region, zone]).toEqual(place);
    // The book says the same in numbers, of all but networks, which threads look up themselves.
    const told = placesOf(state).get(address);
    if (told) {
      expect([told.agent > 0, told.region > 0, told.zone > 0]).toEqual(
        place.map(text => text !== ''),
      );
    }
  });

  test('equal places have equal numbers, zones of two regions do not', () => {
    const places = placesOf(
      clusterWith({
        agents: [
          agent(1, '10.0.0.1', inZone('a')),
          agent(2, '10.0.0.2', inZone('a')),
          agent(3, '10.0.0.3', inZone('a', 'us')),
        ],
        tasks: [task(1, 1, '192.168.0.1')],
      }),
    );
    const [one, two, three] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map(text => places.get(text));
    expect(places.get('192.168.0.1')).toEqual(one);
    expect([one?.zone, one?.region]).toEqual([two?.zone, two?.region]);
    expect(one?.agent).not.toBe(two?.agent);
    expect([one?.zone === three?.zone, one?.region === three?.region]).toEqual([false, false]);
  });
});

const anyFacts = fc.record({
  agents: fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(3), fc.nat(2)), { selector: ([id]) => id }),
  tasks: fc.uniqueArray(fc.tuple(fc.nat(9), fc.nat(4), fc.nat(5)), { selector: ([id]) => id }),
});

test('law: what changes is told, and all of it is what a new book says', () => {
  fc.assert(
    fc.property(fc.array(anyFacts, { minLength: 2, maxLength: 6 }), list => {
      const states = list.map(({ agents, tasks }) =>
        clusterWith({
          agents: agents.map(([id, host, zone]) => agent(id, `10.0.0.${host}`, inZone(`z${zone}`))),
          tasks: tasks.map(([id, on, last]) => task(id, on, `172.17.0.${last}`, '172.17.1.1')),
        }),
      );
      const book = new PlaceBook(RULES);
      const known = new Map<string, unknown>();
      for (const [index, state] of states.entries()) {
        const touched = index === 0 ? 'all' : touchedBetween(states[index - 1], state);
        for (const [address, place] of book.update({ state, touched, faults: [] })) {
          if (place) known.set(address, place);
          else known.delete(address);
        }
        const byAddress = (one: readonly [string, unknown], other: readonly [string, unknown]) =>
          one[0] < other[0] ? -1 : 1;
        expect([...known].toSorted(byAddress)).toEqual([...book.all()].toSorted(byAddress));
        const fresh = placesOf(state);
        expect([...known.keys()].toSorted()).toEqual([...fresh.keys()].toSorted());
      }
    }),
    { numRuns: 200 },
  );
});

/** As the store touches: whatever differs, and the tasks of agents that do. */
function touchedBetween(before: ClusterState, after: ClusterState) {
  const agents = new Set([...before.agents.keys(), ...after.agents.keys()]);
  const keys = [...before.tasks.values(), ...after.tasks.values()].map(({ key }: Task) => key);
  return { masters: false, agents, frameworks: new Set<never>(), tasks: new Set(keys) };
}
