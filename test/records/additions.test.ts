import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownName, type ResourceRecord } from '../../src/dns/index.ts';
import type { Agent, AgentId, ClusterState, Task, Touched } from '../../src/mesos/index.ts';
import { type NamingOptions, recordBook } from '../../src/records/index.ts';
import { agentWith, clusterWith, frameworkWith, rulesWith, taskWith } from '../fakes/cluster.ts';
import { recordLine, zoneText } from '../fakes/zone-text.ts';

const label = (value: string) => [{ key: 'dns-name', value }];
const port = { number: 8080, name: 'http', protocol: 'tcp', scope: undefined };
const BY_LABEL = { aliasLabel: 'dns-name' };

function a(name: string, address: string): ResourceRecord {
  return { type: 'A', owner: knownName(name), address };
}

function cname(name: string, target: string) {
  return { type: 'CNAME', owner: knownName(name), target: knownName(target) } as const;
}

/** The records beyond those of Mesos-DNS, and what was left out of them. */
function added(tasks: readonly Task[], options: Partial<NamingOptions>) {
  const book = recordBook(rulesWith(options));
  const update = book.update({ state: clusterWith({ tasks }), touched: 'all', faults: [] });
  const sources = [...update.changes].filter(([source]) => source.startsWith('added:'));
  const lines = sources.flatMap(([, records]) => records.map(recordLine));
  return { lines, faults: update.faults.map(({ cause, what }) => `${cause} ${what}`) };
}

test('without a rule that adds there is nothing but what Mesos-DNS has', () => {
  const { changes } = recordBook(rulesWith()).update({
    state: clusterWith({ tasks: [taskWith({ name: 'web.eu.shop', labels: label('www') })] }),
    touched: 'all',
    faults: [],
  });
  expect([...changes.keys()].some(source => source.startsWith('added:'))).toBe(false);
});

describe('a label', () => {
  test('gives the addresses and ports of the task at further names', () => {
    const task = taskWith({
      hostPorts: [31000],
      discovery: { name: 'web', ports: [port] },
      labels: label('www, api.shop,Big.Mesos.'),
    });
    expect(added([task], BY_LABEL)).toEqual({
      lines: [
        'www.marathon.mesos. A 172.17.0.2',
        '_www._tcp.marathon.mesos. SRV 0 1 8080 web-iffe9-s1.marathon.mesos.',
        '_http._www._tcp.marathon.mesos. SRV 0 1 8080 web-iffe9-s1.marathon.mesos.',
        'api.shop.marathon.mesos. A 172.17.0.2',
        '_api._tcp.shop.marathon.mesos. SRV 0 1 8080 web-iffe9-s1.marathon.mesos.',
        '_http._api._tcp.shop.marathon.mesos. SRV 0 1 8080 web-iffe9-s1.marathon.mesos.',
        'big.mesos. A 172.17.0.2',
        '_big._tcp.mesos. SRV 0 1 8080 web-iffe9-s1.marathon.mesos.',
        '_http._big._tcp.mesos. SRV 0 1 8080 web-iffe9-s1.marathon.mesos.',
      ],
      faults: [],
    });
  });

  test('without discovery info gives host ports, which lead to the agent', () => {
    const task = taskWith({ hostPorts: [31000], labels: label('www') });
    expect(added([task], BY_LABEL).lines).toEqual([
      'www.marathon.mesos. A 172.17.0.2',
      '_www._tcp.marathon.mesos. SRV 0 1 31000 web-iffe9-s1.marathon.slave.mesos.',
      '_www._udp.marathon.mesos. SRV 0 1 31000 web-iffe9-s1.marathon.slave.mesos.',
    ]);
  });

  test.each([
    { why: 'no host name', value: 'a b' },
    { why: 'a wildcard', value: '*' },
    { why: 'a service', value: '_web._tcp' },
    { why: 'another zone', value: 'www.example.org.' },
    { why: 'the domain itself', value: 'mesos.' },
    { why: 'too long', value: 'x'.repeat(64) },
    { why: 'what has to be tried in many ways', value: `${'x'.repeat(200)}!` },
    { why: 'longer than any name', value: `${'x.'.repeat(200)}x` },
    { why: 'an empty label', value: 'a..b' },
    { why: 'a hyphen at an end', value: 'a-.b' },
  ])('that asks for $why costs that name alone', ({ value }) => {
    const { lines, faults } = added([taskWith({ labels: label(`${value},www`) })], BY_LABEL);
    expect(lines).toEqual(['www.marathon.mesos. A 172.17.0.2']);
    expect(faults).toEqual([`label task web (test): dns-name=${value}`]);
  });

  test('gives 16 names at most', () => {
    const names = Array.from({ length: 17 }, (_, index) => `n${index}`).join();
    const { lines, faults } = added([taskWith({ labels: label(names) })], BY_LABEL);
    expect([lines.length, faults]).toEqual([16, ['label task web (test): dns-name=n16']]);
  });

  test('is reported for 16 unusable names at most', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `${index}!`).join();
    const { lines, faults } = added([taskWith({ labels: label(`${names},www`) })], BY_LABEL);
    expect([lines.length, faults.length]).toEqual([1, 16]);
  });

  test('of several tasks joins them at one name', () => {
    const other = taskWith({
      id: 'other',
      name: 'api',
      addresses: { netinfo: ['172.17.0.3'], docker: [], mesos: [] },
      labels: label('www'),
    });
    expect(added([taskWith({ labels: label('www') }), other], BY_LABEL).lines).toEqual([
      'www.marathon.mesos. A 172.17.0.2',
      'www.marathon.mesos. A 172.17.0.3',
    ]);
  });

  test('gives nothing to tasks that are not published', () => {
    const staging = taskWith({ state: 'TASK_STAGING', labels: label('www') });
    expect(added([staging], BY_LABEL)).toEqual({ lines: [], faults: [] });
  });
});

describe('groups', () => {
  test('are sub-domains of a task’s name', () => {
    const task = taskWith({ name: 'web.eu.Shop', hostPorts: [31000] });
    expect(added([task], { groupNames: true }).lines).toEqual([
      'web.eu.shop.marathon.mesos. A 172.17.0.2',
      '_web._tcp.eu.shop.marathon.mesos. SRV 0 1 31000 web-eu-shop-iffe9-s1.marathon.slave.mesos.',
      '_web._udp.eu.shop.marathon.mesos. SRV 0 1 31000 web-eu-shop-iffe9-s1.marathon.slave.mesos.',
    ]);
  });

  test('of a discovery name have its address by Mesos-DNS already, and their ports besides', () => {
    const task = taskWith({ discovery: { name: 'web.shop', ports: [port] } });
    expect(added([task], { groupNames: true })).toEqual({
      lines: [
        '_web._tcp.shop.marathon.mesos. SRV 0 1 8080 web-shop-iffe9-s1.marathon.mesos.',
        '_http._web._tcp.shop.marathon.mesos. SRV 0 1 8080 web-shop-iffe9-s1.marathon.mesos.',
      ],
      faults: [],
    });
  });

  test('are none in a name of one part', () => {
    expect(added([taskWith()], { groupNames: true }).lines).toEqual([]);
  });
});

describe('an agent', () => {
  const names = (facts: Partial<Agent>, options = {}) => {
    const book = recordBook(rulesWith({ agentNames: true, ...options }));
    const state = clusterWith({ agents: [agentWith(facts)] });
    const { changes } = book.update({ state, touched: 'all', faults: [] });
    return (changes.get(`added:agent:${agentWith(facts).id}`) ?? []).map(recordLine);
  };

  test('has its addresses by its id and by its host name', () => {
    expect(names({ id: 'F0-A1-S12' as AgentId, hostname: 'Node_1.example' })).toEqual([
      'f0-a1-s12.agent.mesos. A 10.0.0.7',
      'node-1.example.agent.mesos. A 10.0.0.7',
    ]);
  });

  test.each([
    { why: 'an address', hostname: '10.0.0.7' },
    { why: 'its id', hostname: 'AGENTS-S1' },
    { why: 'nothing', hostname: '' },
  ])('whose host name is $why has one name', ({ hostname }) => {
    expect(names({ hostname })).toEqual(['agents-s1.agent.mesos. A 10.0.0.7']);
  });

  test('keeps its whole id where labels are those of RFC 952', () => {
    const id = '5e2f0b3e-9f2c-4b8a-9d7e-1c2d3e4f5a6b-S1' as AgentId;
    expect(names({ id, hostname: '10.0.0.7' }, { enforceRfc952: true })).toEqual([
      `${id.toLowerCase()}.agent.mesos. A 10.0.0.7`,
    ]);
  });
});

describe('ports by their place', () => {
  const lines = (facts: Partial<Task>) => added([taskWith(facts)], { portIndexNames: true }).lines;

  test('are counted among discovery ports, by their own protocol and scope', () => {
    const ports = [
      { ...port, name: undefined },
      { ...port, number: 53, protocol: 'udp', scope: 'host' as const },
      { ...port, number: 70_000 },
      { ...port, number: 99, protocol: undefined },
    ];
    expect(lines({ discovery: { name: 'web', ports }, hostPorts: [1] })).toEqual([
      '_port0._web._tcp.marathon.mesos. SRV 0 1 8080 web-iffe9-s1.marathon.mesos.',
      '_port1._web._udp.marathon.mesos. SRV 0 1 53 web-iffe9-s1.marathon.slave.mesos.',
      '_port3._web._tcp.marathon.mesos. SRV 0 1 99 web-iffe9-s1.marathon.mesos.',
      '_port3._web._udp.marathon.mesos. SRV 0 1 99 web-iffe9-s1.marathon.mesos.',
    ]);
  });

  test('are counted among host ports, by the protocol of their mapping', () => {
    const portMappings = [{ hostPort: 31001, containerPort: 53, protocol: 'UDP' }];
    expect(lines({ name: 'port0', hostPorts: [31000, 31001], portMappings })).toEqual([
      '_port0._port0._tcp.marathon.mesos. SRV 0 1 31000 port0-iffe9-s1.marathon.slave.mesos.',
      '_port0._port0._udp.marathon.mesos. SRV 0 1 31000 port0-iffe9-s1.marathon.slave.mesos.',
      '_port1._port0._udp.marathon.mesos. SRV 0 1 31001 port0-iffe9-s1.marathon.slave.mesos.',
    ]);
  });

  test('give way to a port of that name', () => {
    const ports = [port, { ...port, number: 1, name: 'port0' }];
    expect(lines({ discovery: { name: 'web', ports } })).toEqual([
      '_port1._web._tcp.marathon.mesos. SRV 0 1 1 web-iffe9-s1.marathon.mesos.',
    ]);
  });
});

describe('addresses by whose they are', () => {
  const lines = (facts: Partial<Task>) => added([taskWith(facts)], { addressNames: true }).lines;

  test.each([
    { why: 'no port leads to it', facts: {}, auto: '172.17.0.2' },
    {
      why: 'a port of the agent leads to it',
      facts: { portMappings: [{ hostPort: 31000, containerPort: 80, protocol: 'tcp' }] },
      auto: '10.0.0.7',
    },
    {
      why: 'its discovery info says so',
      facts: { discovery: { name: 'web', ports: [{ ...port, scope: 'host' as const }] } },
      auto: '10.0.0.7',
    },
  ])('a task where $why is reached at $auto', ({ facts, auto }) => {
    expect(lines(facts)).toEqual([
      'web.marathon.agentip.mesos. A 10.0.0.7',
      'web.marathon.containerip.mesos. A 172.17.0.2',
      `web.marathon.autoip.mesos. A ${auto}`,
    ]);
  });

  test('a task without an address of its own is reached at its agent', () => {
    expect(lines({ addresses: { netinfo: [], docker: [], mesos: [] } })).toEqual([
      'web.marathon.agentip.mesos. A 10.0.0.7',
      'web.marathon.autoip.mesos. A 10.0.0.7',
    ]);
  });
});

describe('a name that is taken', () => {
  test.each([
    { why: 'a task of Mesos-DNS', owner: 'web.marathon.mesos' },
    { why: 'a framework', owner: 'marathon.mesos' },
    { why: 'the leader', owner: 'leader.mesos' },
    { why: 'a master there may yet be', owner: 'master7.mesos' },
    { why: 'the name server', owner: 'ns1.mesos' },
  ])('by $why is not given to a static record', ({ owner }) => {
    expect(added([taskWith()], { staticRecords: [a(owner, '10.9.9.9')] })).toEqual({
      lines: [],
      faults: [`taken static name ${owner}.`],
    });
  });

  test('by the config is not given to a label', () => {
    const task = taskWith({ labels: label('db.mesos.') });
    expect(added([task], { ...BY_LABEL, staticRecords: [a('db.mesos', '10.9.9.9')] })).toEqual({
      lines: ['db.mesos. A 10.9.9.9'],
      faults: ['taken label name db.mesos.'],
    });
  });

  test('costs a label the ports at it, too', () => {
    const task = taskWith({ hostPorts: [31000], labels: label('leader.mesos.') });
    expect(added([task], BY_LABEL)).toEqual({
      lines: [],
      faults: ['taken label name leader.mesos.'],
    });
  });

  test('is told once, and given back when it becomes free', () => {
    const book = recordBook(rulesWith({ aliases: [cname('web.marathon.mesos', 'db.mesos')] }));
    const update = (tasks: readonly Task[], touched: Touched | 'all') => {
      const { changes, faults } = book.update({
        state: clusterWith({ tasks }),
        touched,
        faults: [],
      });
      return { alias: changes.get('added:config')?.length, causes: faults.map(f => f.cause) };
    };
    const web = taskWith();
    const touched = { ...NOTHING, tasks: new Set([web.key]) };
    expect(update([], 'all')).toEqual({ alias: 1, causes: [] });
    expect(update([web], touched)).toEqual({ alias: 0, causes: ['taken'] });
    expect(book.faultCounts().get('taken')).toBe(1);
    expect(update([web], touched).causes).toEqual([]);
    expect(update([], touched)).toEqual({ alias: 1, causes: [] });
    expect(book.faultCounts().get('taken')).toBe(0);
  });

  test('by an alias of another task stands alone', () => {
    const aliases = [cname('x.mesos', 'b.mesos'), cname('x.mesos', 'a.mesos')];
    expect(added([], { aliases }).lines).toEqual(['x.mesos. CNAME a.mesos.']);
    const both = { aliases, staticRecords: [a('x.mesos', '10.0.0.1')] };
    expect(added([], both).lines).toEqual(['x.mesos. A 10.0.0.1']);
  });
});

const NOTHING: Touched = {
  masters: false,
  agents: new Set(),
  frameworks: new Set(),
  tasks: new Set(),
};

const SOME_NAMES = [
  'web.marathon.mesos.',
  'www',
  'a.b',
  'a.b.mesos.',
  'marathon.mesos.',
  'x.mesos.',
];
const someTask = fc.record({
  id: fc.integer({ min: 0, max: 5 }),
  name: fc.constantFrom('web', 'a.b', 'www', 'x'),
  label: fc.subarray(SOME_NAMES).map(names => names.join()),
  discovered: fc.boolean(),
});
const someState = fc.uniqueArray(someTask, { selector: ({ id }) => id, maxLength: 5 });
const OPTIONS = {
  ...BY_LABEL,
  groupNames: true,
  agentNames: true,
  addressNames: true,
  portIndexNames: true,
  staticRecords: [a('x.mesos', '10.9.9.9'), a('www.marathon.mesos', '10.9.9.9')],
  aliases: [cname('a.b.mesos', 'x.mesos'), cname('a.b.marathon.mesos', 'x.mesos')],
};

function stateOf(tasks: typeof someState extends fc.Arbitrary<infer List> ? List : never) {
  return clusterWith({
    frameworks: [frameworkWith()],
    tasks: tasks.map(({ id, name, label: value, discovered }) =>
      taskWith({
        id: `${id}`,
        name,
        hostPorts: [31_000 + id],
        labels: label(value),
        discovery: discovered ? { name, ports: [port] } : undefined,
      }),
    ),
  });
}

describe('whatever tasks come and go', () => {
  const steps = fc.array(someState, { minLength: 1, maxLength: 5 });

  test('the zone is that of the last state made at once', () => {
    fc.assert(
      fc.property(steps, states => {
        const { state, zone } = follow(states.map(stateOf));
        const atOnce = recordBook(rulesWith(OPTIONS)).update({ state, touched: 'all', faults: [] });
        expect(zoneText([...zone.values()].flat())).toBe(
          zoneText([...atOnce.changes.values()].flat()),
        );
      }),
    );
  });

  test('what Mesos-DNS has stays as it is, no name of it is shared, aliases stand alone', () => {
    fc.assert(
      fc.property(steps, states => {
        const { state, zone } = follow(states.map(stateOf));
        const isAdded = (source: string) => source.startsWith('added:');
        const base = [...zone].filter(([source]) => !isAdded(source)).flatMap(([, list]) => list);
        const more = [...zone].filter(([source]) => isAdded(source)).flatMap(([, list]) => list);
        const plain = recordBook(rulesWith()).update({ state, touched: 'all', faults: [] });
        expect(zoneText(base)).toBe(zoneText([...plain.changes.values()].flat()));
        const owners = new Set(base.map(({ owner }) => owner));
        expect(more.filter(({ owner }) => owners.has(owner))).toEqual([]);
        for (const [owner, records] of Map.groupBy(more, record => record.owner)) {
          const isAlias = records.some(({ type }) => type === 'CNAME');
          expect(isAlias ? [owner, records.length] : [owner]).toEqual(
            isAlias ? [owner, 1] : [owner],
          );
        }
      }),
    );
  });
});

function follow(states: readonly ClusterState[]) {
  const book = recordBook(rulesWith(OPTIONS));
  const zone = new Map<string, readonly ResourceRecord[]>();
  let before: ClusterState | undefined;
  for (const state of states) {
    const tasks = new Set([...(before?.tasks.keys() ?? []), ...state.tasks.keys()]);
    const touched = before ? { ...NOTHING, tasks } : 'all';
    for (const [source, records] of book.update({ state, touched, faults: [] }).changes) {
      zone.set(source, records);
    }
    before = state;
  }
  return { state: before!, zone };
}
