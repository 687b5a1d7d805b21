import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ResourceRecord } from '../../src/dns/index.ts';
import type { Agent, ClusterState, Framework, Task, Touched } from '../../src/mesos/index.ts';
import { recordBook } from '../../src/records/index.ts';
import { agentWith, clusterWith, frameworkWith, rulesWith, taskWith } from '../fakes/cluster.ts';
import { zoneText } from '../fakes/zone-text.ts';

const NOTHING: Touched = {
  masters: false,
  agents: new Set(),
  frameworks: new Set(),
  tasks: new Set(),
};
const web = taskWith();

test('only what is touched is made anew, and what is gone has no records', () => {
  const book = recordBook(rulesWith());
  const first = book.update({ state: clusterWith({ tasks: [web] }), touched: 'all', faults: [] });
  expect([...first.changes.keys()]).toEqual([
    'masters',
    'framework:marathon-0000',
    'agent:agents-S1',
    `task:${web.key}`,
  ]);
  const touched = { ...NOTHING, tasks: new Set([web.key]) };
  const second = book.update({ state: clusterWith(), touched, faults: [] });
  expect([...second.changes]).toEqual([[`task:${web.key}`, []]]);
});

test('a state with nothing to compare takes away what it no longer has', () => {
  const book = recordBook(rulesWith());
  book.update({ state: clusterWith({ tasks: [web] }), touched: 'all', faults: [] });
  const { changes } = book.update({ state: clusterWith(), touched: 'all', faults: [] });
  expect(changes.get(`task:${web.key}`)).toEqual([]);
});

test('a fault is told once, and counted as long as it lasts', () => {
  const book = recordBook(rulesWith());
  const touched = { ...NOTHING, tasks: new Set([web.key]) };
  const odd = clusterWith({ tasks: [taskWith({ hostPorts: [70000] })] });
  const mended = clusterWith({ tasks: [taskWith({ hostPorts: [7000] })] });
  const portFault = { cause: 'port', what: 'task web (test): 70000' };
  expect(book.update({ state: odd, touched, faults: [] }).faults).toEqual([portFault]);
  expect(book.update({ state: odd, touched, faults: [] }).faults).toEqual([]);
  expect(book.faultCounts().get('port')).toBe(1);
  expect(book.update({ state: mended, touched, faults: [] }).faults).toEqual([]);
  expect(book.faultCounts().get('port')).toBe(0);
});

test('the name server’s addresses are a source of their own', () => {
  const book = recordBook(rulesWith());
  const { changes } = book.reachAt([{ family: 4, text: '10.0.0.5' }]);
  expect(zoneText([...changes.values()].flat())).toBe('ns1.mesos. A 10.0.0.5\n');
  expect([...changes.keys()]).toEqual(['nameserver']);
});

test('whatever the steps, the zone is that of the last state made at once', () => {
  const step = fc.record({
    tasks: fc.uniqueArray(
      fc.record({
        id: fc.integer({ max: 6, min: 0 }),
        port: fc.integer({ max: 9, min: 1 }),
        isHealthy: fc.constantFrom(true, false, undefined),
      }),
      {
        selector: ({ id }) => id,
      },
    ),
    agentAt: fc.constantFrom('10.0.0.7', '10.0.0.8', undefined),
    framework: fc.constantFrom('marathon', 'chronos'),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), steps => {
      const rules = rulesWith({ leaveOutUnhealthy: true });
      const stepped = recordBook(rules);
      const zone = new Map<string, readonly ResourceRecord[]>();
      let before: ClusterState | undefined;
      for (const { tasks, agentAt, framework } of steps) {
        const state = clusterWith({
          agents: agentAt ? [agentWith({ pid: { host: agentAt, port: 5051 } })] : [],
          frameworks: [frameworkWith({ name: framework })],
          tasks: tasks.map(({ id, port, isHealthy }) =>
            taskWith({ id: `${id}`, hostPorts: [port], isHealthy }),
          ),
        });
        const touched = before ? allOf(before, state) : 'all';
        for (const [source, records] of stepped.update({ state, touched, faults: [] }).changes) {
          zone.set(source, records);
        }
        before = state;
      }
      const atOnce = recordBook(rules).update({ state: before!, touched: 'all', faults: [] });
      expect(zoneText([...zone.values()].flat())).toBe(
        zoneText([...atOnce.changes.values()].flat()),
      );
    }),
  );
});

/** Everything in either state: more than is touched, which must do no harm. */
function allOf(before: ClusterState, now: ClusterState): Touched {
  const keys = <Key>(a: ReadonlyMap<Key, Agent | Framework | Task>, b: typeof a) =>
    new Set([...a.keys(), ...b.keys()]);
  return {
    masters: true,
    agents: keys(before.agents, now.agents),
    frameworks: keys(before.frameworks, now.frameworks),
    tasks: keys(before.tasks, now.tasks),
  };
}
