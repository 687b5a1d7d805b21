import { describe, expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import type { Framework, FrameworkId, Task, TaskKey } from '../../src/mesos/index.ts';
import { enumerate, explainName, recordBook, servicesOf } from '../../src/records/index.ts';
import type { PublishOptions } from '../../src/records/publish-rules.ts';
import { clusterWith, frameworkWith, rulesWith, taskWith } from '../fakes/cluster.ts';

const ALL: PublishOptions = {
  include: [],
  exclude: [],
  minVisibility: 'FRAMEWORK',
  dormant: new Set(),
};

interface Facts {
  readonly publish: Partial<PublishOptions>;
  readonly task?: Partial<Task>;
  readonly framework?: Partial<Framework>;
}

function setUp({ publish, task, framework }: Facts) {
  const rules = rulesWith({ publish: { ...ALL, ...publish } });
  const frameworks = [frameworkWith(framework)];
  return { rules, state: clusterWith({ frameworks, tasks: [taskWith(task)] }) };
}

/** Whether the task `web` and its scheduler have names. */
function shown(facts: Facts) {
  const { rules, state } = setUp(facts);
  const book = recordBook(rules);
  const { changes } = book.update({ state, touched: 'all', faults: [] });
  const owners = [...changes.values()].flat().map(({ owner }) => owner);
  return {
    task: owners.includes(knownName('web.marathon.mesos')),
    scheduler: owners.includes(knownName('marathon.mesos')),
    hidden: [...book.hiddenCounts()],
  };
}

const label = (key: string, value: string) => ({ labels: [{ key, value }] });

describe('rules', () => {
  test.each([
    { why: 'none', publish: {}, is: 'shown' },
    { why: 'its framework included', publish: { include: [{ framework: 'mara*' }] }, is: 'shown' },
    { why: 'another one included', publish: { include: [{ framework: 'x' }] }, is: 'all hidden' },
    { why: 'its framework excluded', publish: { exclude: [{ framework: '*' }] }, is: 'all hidden' },
    { why: 'another one excluded', publish: { exclude: [{ framework: 'marat' }] }, is: 'shown' },
    {
      why: 'both included and excluded',
      publish: { include: [{ framework: '*' }], exclude: [{ framework: 'marathon' }] },
      is: 'all hidden',
    },
    { why: 'the default role', publish: { exclude: [{ role: '*' }] }, is: 'all hidden' },
    {
      why: 'a role of its framework',
      framework: { roles: ['dev', 'prod'] },
      publish: { include: [{ role: 'prod' }] },
      is: 'shown',
    },
    {
      why: 'its own role, not another one of its framework',
      framework: { roles: ['dev', 'prod'] },
      task: { role: 'dev' },
      publish: { include: [{ role: 'prod' }] },
      is: 'hidden',
    },
    {
      why: 'a label with the value',
      task: label('dns', 'no'),
      publish: { exclude: [{ label: { key: 'dns', value: 'n*' } }] },
      is: 'hidden',
    },
    {
      why: 'a label with another value',
      task: label('dns', 'yes'),
      publish: { exclude: [{ label: { key: 'dns', value: 'no' } }] },
      is: 'shown',
    },
    {
      why: 'a label with any value',
      task: label('hide', ''),
      publish: { exclude: [{ label: { key: 'hide' } }] },
      is: 'hidden',
    },
    {
      why: 'a label that is missing, for all with it alone',
      publish: { include: [{ label: { key: 'dns' } }] },
      is: 'hidden',
    },
    {
      why: 'half of a rule',
      task: label('dns', 'no'),
      publish: { exclude: [{ framework: 'x', label: { key: 'dns' } }] },
      is: 'shown',
    },
    {
      why: 'a framework that sleeps',
      publish: { dormant: new Set(['marathon-0000' as FrameworkId]) },
      is: 'all hidden',
    },
  ])('with $why a task is $is', ({ is, ...facts }) => {
    const { task, scheduler, hidden } = shown(facts);
    expect({ task, scheduler }).toEqual({ task: is === 'shown', scheduler: is !== 'all hidden' });
    expect(hidden.map(([, count]) => count)).toEqual(is === 'shown' ? [] : [1]);
  });
});

describe('visibility', () => {
  const discovery = (visibility?: 'FRAMEWORK' | 'CLUSTER' | 'EXTERNAL') => ({
    discovery: { name: 'web', ports: [], visibility },
  });
  test.each([
    { least: 'CLUSTER', task: discovery('FRAMEWORK'), is: false },
    { least: 'CLUSTER', task: discovery('CLUSTER'), is: true },
    { least: 'CLUSTER', task: discovery('EXTERNAL'), is: true },
    { least: 'CLUSTER', task: discovery(), is: true },
    { least: 'CLUSTER', task: {}, is: true },
    { least: 'EXTERNAL', task: discovery('CLUSTER'), is: false },
    { least: 'EXTERNAL', task: discovery('EXTERNAL'), is: true },
    { least: 'EXTERNAL', task: {}, is: false },
  ] as const)('of at least $least: $task is shown: $is', ({ least, task, is }) => {
    expect(shown({ publish: { minVisibility: least }, task }).task).toBe(is);
  });

  test('a port has its own, and alone is told of where its task is not', () => {
    const port = (number: number, visibility?: 'FRAMEWORK' | 'CLUSTER') => {
      return { number, name: undefined, protocol: 'tcp', scope: undefined, visibility };
    };
    const portsOf = (visibility: 'FRAMEWORK' | 'CLUSTER') => {
      const ports = [port(1), port(2, 'CLUSTER'), port(3, 'FRAMEWORK')];
      const task = { hostPorts: [9], discovery: { name: 'web', visibility, ports } };
      const { rules, state } = setUp({ publish: { minVisibility: 'CLUSTER' }, task });
      const { changes } = recordBook(rules).update({ state, touched: 'all', faults: [] });
      const records = changes.get(`task:${[...state.tasks.keys()][0]}`) ?? [];
      return [...new Set(records.flatMap(record => ('port' in record ? record.port : [])))];
    };
    expect(portsOf('FRAMEWORK')).toEqual([2]);
    expect(portsOf('CLUSTER')).toEqual([9, 1, 2]);
  });
});

test('what is hidden is listed nowhere, and explained', () => {
  const { rules, state } = setUp({ publish: { exclude: [{ framework: 'marathon' }] } });
  expect([...enumerate(state, rules)]).toEqual([]);
  expect(servicesOf(state, rules)).toEqual([]);
  const why = 'publishExclude has framework marathon';
  const { tasks } = explainName(knownName('web.marathon.mesos'), state, rules);
  expect(tasks).toMatchObject([{ skipped: why, records: [] }]);
  const { parts } = explainName(knownName('marathon.mesos'), state, rules);
  expect(parts).toMatchObject([{ kind: 'framework', hidden: why, records: [] }]);
});

test('a hidden task does not count as the healthy one for which others are left out', () => {
  const publish = { ...ALL, exclude: [{ label: { key: 'canary' } }] };
  const rules = rulesWith({ leaveOutUnhealthy: true, publish });
  const tasks = [
    taskWith({ id: 'a', isHealthy: true, ...label('canary', '') }),
    taskWith({ id: 'b', isHealthy: false }),
  ];
  const { changes } = recordBook(rules).update({
    state: clusterWith({ tasks }),
    touched: 'all',
    faults: [],
  });
  const owners = [...changes.values()].flat().map(({ owner }) => owner);
  expect(owners).toContain('web.marathon.mesos.');
});

test('the counts follow tasks that come, change and go', () => {
  const rules = rulesWith({ publish: { ...ALL, exclude: [{ label: { key: 'hide' } }] } });
  const book = recordBook(rules);
  const hidden = taskWith(label('hide', ''));
  const touched = {
    masters: false,
    agents: new Set<never>(),
    frameworks: new Set<never>(),
    tasks: new Set<TaskKey>([hidden.key]),
  };
  const countAfter = (tasks: readonly Task[], which: typeof touched | 'all') => {
    book.update({ state: clusterWith({ tasks }), touched: which, faults: [] });
    return book.hiddenCounts().get('exclude') ?? 0;
  };
  expect(countAfter([hidden], 'all')).toBe(1);
  expect(countAfter([taskWith()], touched)).toBe(0);
  expect(countAfter([hidden], touched)).toBe(1);
  expect(countAfter([], touched)).toBe(0);
  expect(countAfter([hidden], touched)).toBe(1);
  expect(countAfter([], 'all')).toBe(0);
});

test('a port that is not told of keeps its number', () => {
  const port = { name: undefined, protocol: 'tcp', scope: undefined };
  const ports = [
    { ...port, number: 1, visibility: 'FRAMEWORK' as const },
    { ...port, number: 2 },
  ];
  const discovery = { name: 'web', visibility: 'CLUSTER' as const, ports };
  const rules = rulesWith({ portIndexNames: true, publish: { ...ALL, minVisibility: 'CLUSTER' } });
  const state = clusterWith({ tasks: [taskWith({ discovery })] });
  const { changes } = recordBook(rules).update({ state, touched: 'all', faults: [] });
  const added = [...changes].filter(([source]) => source.startsWith('added:'));
  expect(added.flatMap(([, records]) => records)).toMatchObject([
    { owner: '_port1._web._tcp.marathon.mesos.', port: 2 },
  ]);
});

test('a further name of a task is hidden with it, and so are its ports', () => {
  const port = { number: 1, name: undefined, protocol: 'tcp', scope: undefined };
  const discovery = (visibility: 'FRAMEWORK' | 'CLUSTER') => {
    return { name: 'web', visibility, ports: [port, { ...port, number: 2, visibility }] };
  };
  const ownersWith = (publish: Partial<PublishOptions>, task: Partial<Task>) => {
    const rules = rulesWith({ aliasLabel: 'name', publish: { ...ALL, ...publish } });
    const tasks = [taskWith({ ...label('name', 'www'), ...task })];
    const state = clusterWith({ tasks });
    const { changes } = recordBook(rules).update({ state, touched: 'all', faults: [] });
    const owners = [...changes.values()].flat().map(({ owner }) => owner);
    return new Set(owners.filter(owner => owner.includes('www')));
  };
  const both = new Set(['www.marathon.mesos.', '_www._tcp.marathon.mesos.']);
  expect(ownersWith({}, { discovery: discovery('CLUSTER') })).toEqual(both);
  expect(ownersWith({ exclude: [{ framework: '*' }] }, {}).size).toBe(0);
  const narrow = { discovery: discovery('FRAMEWORK') };
  expect(ownersWith({ minVisibility: 'CLUSTER' }, narrow).size).toBe(0);
});
