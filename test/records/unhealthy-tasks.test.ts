import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ResourceRecord } from '../../src/dns/index.ts';
import { knownName } from '../../src/dns/index.ts';
import type { ClusterState, Task, Touched } from '../../src/mesos/index.ts';
import { enumerate, explainName, recordBook } from '../../src/records/index.ts';
import { clusterWith, rulesWith, taskWith } from '../fakes/cluster.ts';

const RULES = rulesWith({ leaveOutUnhealthy: true });
const NOTHING: Touched = {
  masters: false,
  agents: new Set(),
  frameworks: new Set(),
  tasks: new Set(),
};

/** The task number `index` of a service, at 10.0.0.INDEX with port 31000. */
function instance(index: number, isHealthy: boolean | undefined, name = 'web'): Task {
  const addresses = { netinfo: [`10.0.0.${index}`], docker: [], mesos: [] };
  return taskWith({ id: `${name}.${index}`, name, isHealthy, addresses, hostPorts: [31_000] });
}

function recordsOf(state: ClusterState, rules = RULES): readonly ResourceRecord[] {
  const { changes } = recordBook(rules).update({ state, touched: 'all', faults: [] });
  return [...changes.values()].flat();
}

/** The addresses, and the number of ports, that a service shows. */
function shown(records: readonly ResourceRecord[], name = 'web') {
  const addresses = records.flatMap(record =>
    record.type === 'A' && record.owner === `${name}.marathon.mesos.` ? [record.address] : [],
  );
  const ports = records.filter(({ owner }) => owner === `_${name}._tcp.marathon.mesos.`);
  return { addresses, ports: ports.length };
}

test.each([
  { why: 'one that fails is left out', health: [true, false, true], left: [0, 2] },
  { why: 'no result counts as healthy', health: [undefined, false], left: [0] },
  { why: 'where all fail, all stay', health: [false, false], left: [0, 1] },
  { why: 'one alone stays', health: [false], left: [0] },
  { why: 'all are healthy', health: [true, true], left: [0, 1] },
])('$why', ({ health, left }) => {
  const tasks = health.map((isHealthy, index) => instance(index, isHealthy));
  const records = recordsOf(clusterWith({ tasks }));
  const addresses = left.map(index => `10.0.0.${index}`);
  expect(shown(records)).toEqual({ addresses, ports: left.length });
});

test.each([
  { why: 'no result is left out beside a healthy one', health: [undefined, true], left: [1] },
  { why: 'no result is better than a failure', health: [undefined, false], left: [0] },
  { why: 'where none has a result, all stay', health: [undefined, undefined], left: [0, 1] },
  { why: 'where all fail, all stay', health: [false, false], left: [0, 1] },
  { why: 'only healthy ones are told', health: [true, false, undefined, true], left: [0, 3] },
])('with leaveOutUnknown: $why', ({ health, left }) => {
  const tasks = health.map((isHealthy, index) => instance(index, isHealthy));
  const rules = rulesWith({ leaveOutUnhealthy: true, leaveOutUnknown: true });
  const records = recordsOf(clusterWith({ tasks }), rules);
  const addresses = left.map(index => `10.0.0.${index}`);
  expect(shown(records)).toEqual({ addresses, ports: left.length });
});

test('the names of its own stay, so that somebody can look at what is wrong', () => {
  const tasks = [instance(1, true), instance(2, false)];
  const owners = recordsOf(clusterWith({ tasks })).flatMap(record =>
    record.type === 'A' && record.address === '10.0.0.2' ? [record.owner] : [],
  );
  expect(owners).toEqual([expect.stringMatching(/^web-\w{5}-s1\.marathon\.mesos\.$/)]);
});

test('as in Mesos-DNS, health is not looked at unless that is asked for', () => {
  const tasks = [instance(1, true), instance(2, false)];
  expect(shown(recordsOf(clusterWith({ tasks }), rulesWith())).addresses).toHaveLength(2);
});

test('the last healthy one that fails brings the others back', () => {
  const book = recordBook(RULES);
  const before = clusterWith({ tasks: [instance(1, true), instance(2, false)] });
  book.update({ state: before, touched: 'all', faults: [] });
  const failed = instance(1, false);
  const state = clusterWith({ tasks: [failed, instance(2, false)] });
  const touched = { ...NOTHING, tasks: new Set([failed.key]) };
  const { changes } = book.update({ state, touched, faults: [] });
  expect(shown([...changes.values()].flat()).addresses).toEqual(['10.0.0.1', '10.0.0.2']);
});

test('it is explained, and listed, as it is published', () => {
  const tasks = [instance(1, true), instance(2, false)];
  const state = clusterWith({ tasks });
  const explanation = explainName(knownName('web.marathon.mesos'), state, RULES);
  expect(explanation.tasks.map(({ isLeftOut }) => isLeftOut)).toEqual([false, true]);
  const [{ tasks: listed }] = [...enumerate(state, RULES)];
  expect(shown([...listed].flatMap(({ records }) => records)).addresses).toEqual(['10.0.0.1']);
});

test('whatever changes, the zone is that of the last state made at once', () => {
  const change = fc.record({
    index: fc.integer({ min: 1, max: 5 }),
    name: fc.constantFrom('web', 'cart'),
    to: fc.constantFrom('healthy', 'failing', 'unknown', 'gone'),
  });
  fc.assert(
    fc.property(anySteps(change), fc.boolean(), (steps, leaveOutUnknown) => {
      const rules = rulesWith({ leaveOutUnhealthy: true, leaveOutUnknown });
      const book = recordBook(rules);
      const tasks = new Map<string, Task>();
      const sources = new Map<string, readonly ResourceRecord[]>();
      for (const step of steps) {
        const touched = new Set<Task['key']>();
        for (const { index, name, to } of step) {
          const health = { healthy: true, failing: false, unknown: undefined, gone: undefined }[to];
          const task = instance(index, health, name);
          if (to === 'gone') tasks.delete(task.key);
          else tasks.set(task.key, task);
          touched.add(task.key);
        }
        const state = clusterWith({ tasks: [...tasks.values()] });
        const update = { state, touched: { ...NOTHING, tasks: touched }, faults: [] };
        for (const [source, records] of book.update(update).changes) sources.set(source, records);
      }
      const state = clusterWith({ tasks: [...tasks.values()] });
      for (const name of ['web', 'cart']) {
        const now = shown([...sources.values()].flat(), name);
        const wanted = shown(recordsOf(state, rules), name);
        expect(now.addresses.sort()).toEqual(wanted.addresses.sort());
        expect(now.ports).toBe(wanted.ports);
      }
    }),
  );
});

/** Several changes at a time, several times. */
function anySteps<Change>(change: fc.Arbitrary<Change>) {
  return fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 12 });
}
