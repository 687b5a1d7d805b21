import { expect, test } from 'vitest';
import { ipAddress, knownName } from '../../src/dns/index.ts';
import type { AgentId, Task } from '../../src/mesos/index.ts';
import { explainAddress, explainName, placeRules } from '../../src/records/index.ts';
import { agentWith, clusterWith, rulesWith, taskWith } from '../fakes/cluster.ts';
import { recordLine } from '../fakes/zone-text.ts';

const PLACES = placeRules({ attribute: '', networks: [] });

const discovery = {
  name: 'Shop_API',
  ports: [{ number: 80, name: 'http', protocol: 'tcp', scope: undefined }],
};

function about(name: string, ...tasks: Task[]) {
  return explainName(knownName(name), clusterWith({ tasks }), rulesWith());
}

test('a name is explained by task, state, source of addresses and label rule', () => {
  const { tasks, parts } = about('shop-api.marathon.mesos', taskWith({ discovery }));
  expect(parts).toEqual([]);
  expect(tasks).toMatchObject([
    {
      id: 'test',
      framework: { name: 'marathon', labels: 'marathon' },
      agent: { id: 'agents-S1', host: '10.0.0.7' },
      state: 'TASK_RUNNING',
      naming: { from: 'discovery name', text: 'Shop_API', forms: ['shop-api'] },
      sources: [
        { source: 'netinfo', addresses: ['172.17.0.2'] },
        { source: 'mesos', addresses: [] },
        { source: 'host', addresses: ['10.0.0.7'] },
      ],
      chosenSource: 'netinfo',
      skipped: undefined,
    },
  ]);
  expect(tasks[0].records.map(recordLine)).toEqual(['shop-api.marathon.mesos. A 172.17.0.2']);
});

test.each([
  'web-iffe9-s1.marathon.mesos',
  'web.marathon.slave.mesos',
  'web-iffe9-s1.marathon.slave.mesos',
  '_web._udp.marathon.slave.mesos',
  '_web._tcp.marathon.mesos',
])('%s is known as a name of the task', name => {
  const { tasks } = about(
    name,
    taskWith({ hostPorts: [31000] }),
    taskWith({ id: 'other', name: 'x' }),
  );
  expect(tasks.map(({ id }) => id)).toEqual(['test']);
  expect(tasks[0].records).not.toEqual([]);
});

test('a named port is known as a name of the task', () => {
  const { tasks } = about('_http._shop-api._tcp.marathon.mesos', taskWith({ discovery }));
  expect(tasks[0].records.map(recordLine)).toEqual([
    '_http._shop-api._tcp.marathon.mesos. SRV 0 1 80 shop-api-iffe9-s1.marathon.mesos.',
  ]);
});

test.each<{ why: string; facts: Partial<Task>; says: string }>([
  { why: 'it does not run', facts: { state: 'TASK_STAGING' }, says: 'its state is TASK_STAGING' },
  { why: 'its agent is unknown', facts: { agentId: 'x-S9' as AgentId }, says: 'its agent x-S9' },
])('a task is named that has no records because $why', ({ facts, says }) => {
  const { tasks } = about('web.marathon.mesos', taskWith(facts));
  expect(tasks[0].records).toEqual([]);
  expect(tasks[0].skipped).toContain(says);
});

test('a task that the leader does not list keeps its records, and says why', () => {
  const [left, listed] = [taskWith({ id: 'left' }), taskWith({ id: 'listed' })];
  const held = new Map([[left.key, 'recovering' as const]]);
  const state = clusterWith({ tasks: [left, listed], held });
  const { tasks } = explainName(knownName('web.marathon.mesos'), state, rulesWith());
  expect(tasks.map(task => [task.id, task.held])).toEqual([
    ['left', 'recovering'],
    ['listed', undefined],
  ]);
  expect(tasks[0].records).not.toEqual([]);
});

test('fixed names are explained by the parts that make them', () => {
  const { parts, tasks } = about('slave.mesos');
  expect(tasks).toEqual([]);
  expect(parts.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['agent agents-S1']);
  expect(about('master0.mesos').parts.map(({ kind }) => kind)).toEqual(['masters']);
  expect(about('_framework._tcp.marathon.mesos').parts.map(({ name }) => name)).toEqual([
    'marathon',
  ]);
});

test('of many instances a hundred are listed, the others counted', () => {
  const many = Array.from({ length: 120 }, (_, index) => taskWith({ id: `${index}` }));
  const { tasks, moreTasks } = about('web.marathon.mesos', ...many);
  expect([tasks.length, moreTasks]).toEqual([100, 20]);
});

test('an address is explained by who has it, chosen or not, and its names', () => {
  const state = clusterWith({ tasks: [taskWith()] });
  const own = explainAddress(ipAddress('172.17.0.2')!, state, rulesWith(), PLACES);
  expect(own.tasks[0].records.map(({ owner }) => owner)).toEqual([
    'web.marathon.mesos.',
    'web-iffe9-s1.marathon.mesos.',
  ]);
  const agents = explainAddress(ipAddress('10.0.0.7')!, state, rulesWith(), PLACES);
  expect(agents.parts.map(({ kind }) => kind)).toEqual(['agent']);
  expect(agents.tasks[0].records.map(({ owner }) => owner)).toEqual([
    'web.marathon.slave.mesos.',
    'web-iffe9-s1.marathon.slave.mesos.',
  ]);
  expect(explainAddress(ipAddress('10.9.9.9')!, state, rulesWith(), PLACES).tasks).toEqual([]);
});

test('an address written in another way is the same address', () => {
  const state = clusterWith({
    agents: [agentWith({ pid: { host: '2001:DB8:0::7', port: 1 } })],
    tasks: [taskWith({ addresses: { netinfo: ['FD00::0:2'], docker: [], mesos: [] } })],
  });
  expect(explainAddress(ipAddress('fd00::2')!, state, rulesWith(), PLACES).tasks).toHaveLength(1);
  expect(explainAddress(ipAddress('2001:db8::7')!, state, rulesWith(), PLACES).parts).toHaveLength(
    1,
  );
});

test('an address is explained by where it is', () => {
  const faultDomain = { region: 'eu', zone: 'eu-a' };
  const state = clusterWith({ agents: [agentWith({ faultDomain })], tasks: [taskWith()] });
  const placed = { agent: '10.0.0.7', region: 'eu', zone: 'eu-a' };
  for (const text of ['10.0.0.7', '172.17.0.2']) {
    const { place } = explainAddress(ipAddress(text)!, state, rulesWith(), PLACES);
    expect(place).toEqual(placed);
  }
  const elsewhere = explainAddress(ipAddress('192.0.2.1')!, state, rulesWith(), PLACES);
  expect(elsewhere.place).toBeUndefined();
});
