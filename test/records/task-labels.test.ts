import { describe, expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import type { Task } from '../../src/mesos/index.ts';
import { explainName, servicesOf } from '../../src/records/index.ts';
import { taskRecords } from '../../src/records/task-records.ts';
import { clusterWith, rulesWith, taskWith } from '../fakes/cluster.ts';
import { recordLine } from '../fakes/zone-text.ts';

const OPTIONS = {
  srvWeightLabel: 'weight',
  srvPriorityLabel: 'priority',
  addressLabel: 'address',
} as const;

const labels = (...texts: string[]) =>
  texts.map(text => ({ key: text.split('=')[0], value: text.split('=')[1] }));

function made(facts: Partial<Task>, options: object = OPTIONS) {
  const { records, faults } = taskRecords(taskWith(facts), clusterWith(), rulesWith(options));
  return {
    address: records
      .map(recordLine)
      .find(line => line.startsWith('web.marathon.mesos. '))
      ?.slice(20),
    ranks: [
      ...new Set(records.flatMap(r => (r.type === 'SRV' ? `${r.priority} ${r.weight}` : []))),
    ],
    faults: faults.map(({ cause, what }) => `${cause} ${what}`),
  };
}

describe('weight and priority', () => {
  const discovery = {
    name: 'web',
    ports: [{ number: 80, name: 'http', protocol: 'tcp', scope: undefined }],
  };

  test.each([
    { why: 'both', texts: ['weight=50', 'priority=10'], rank: '10 50' },
    { why: 'the weight alone', texts: ['weight=0'], rank: '0 0' },
    { why: 'the priority alone', texts: ['priority=65535'], rank: '65535 1' },
    { why: 'the first of two', texts: ['weight= 5 ', 'weight=6'], rank: '0 5' },
    { why: 'neither', texts: ['other=5'], rank: '0 1' },
  ])('labels tell $why, for all ports of a task', ({ texts, rank }) => {
    const facts = { discovery, hostPorts: [31000], labels: labels(...texts) };
    expect(made(facts)).toMatchObject({ ranks: [rank], faults: [] });
  });

  test.each(['65536', '-1', '1.5', '1e3', 'heavy'])('%s is none, and told', value => {
    const facts = { hostPorts: [31000], labels: labels(`weight=${value}`, 'priority=3') };
    expect(made(facts)).toMatchObject({
      ranks: ['3 1'],
      faults: [`label task web (test): weight=${value}`],
    });
  });

  test('no label counts unless it is named', () => {
    const facts = { hostPorts: [31000], labels: labels('weight=5', 'address=host') };
    expect(made(facts, {})).toEqual({ address: 'A 172.17.0.2', ranks: ['0 1'], faults: [] });
  });
});

describe('the source of addresses', () => {
  const addresses = { netinfo: [], docker: ['172.17.0.3'], mesos: ['172.17.0.4'] };
  const portMappings = [{ hostPort: 31000, containerPort: 80, protocol: 'tcp' }];

  test.each([
    { label: 'host', facts: { addresses }, address: 'A 10.0.0.7' },
    { label: 'Container', facts: { addresses }, address: 'A 172.17.0.3' },
    { label: 'mesos', facts: { addresses }, address: 'A 172.17.0.4' },
    { label: 'netinfo', facts: {}, address: 'A 172.17.0.2' },
    { label: 'auto', facts: {}, address: 'A 172.17.0.2' },
    { label: 'auto', facts: { portMappings }, address: 'A 10.0.0.7' },
  ])('a label $label gives $address', ({ label, facts, address }) => {
    const task = { ...facts, labels: labels(`address=${label}`) };
    expect(made(task)).toMatchObject({ address, faults: [] });
  });

  test('a label that says something else is told, and the config counts', () => {
    expect(made({ labels: labels('address=nonsense') })).toMatchObject({
      address: 'A 172.17.0.2',
      faults: ['label task web (test): address=nonsense'],
    });
  });

  test('is that of explanations and services too', () => {
    const state = clusterWith({ tasks: [taskWith({ labels: labels('address=host') })] });
    const rules = rulesWith(OPTIONS);
    const { tasks } = explainName(knownName('web.marathon.mesos'), state, rules);
    expect(tasks).toMatchObject([{ chosenSource: 'host', sources: [{ source: 'host' }] }]);
    expect(servicesOf(state, rules)[0].instances()[0].addresses).toEqual(['10.0.0.7']);
  });
});
