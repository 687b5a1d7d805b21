import { describe, expect, test } from 'vitest';
import type { TaskDetails } from '../../src/mesos/index.ts';
import { EventDecoder, StateReader } from '../../src/mesos/index.ts';
import { type Json, task, withTasks } from '../fakes/raw-state.ts';

const WANTED: TaskDetails = { labels: new Set(['dns-name', 'weight']), portMappings: true };
const NOTHING: TaskDetails = { labels: new Set(), portMappings: false };
const labels = (...pairs: [string, unknown][]) => pairs.map(([key, value]) => ({ key, value }));

function readWith(details: TaskDetails, fields: Json) {
  const body = Buffer.from(JSON.stringify(withTasks(task(fields))));
  const { tasks, faults } = new StateReader(undefined, details).read(body);
  const [{ labels: found, portMappings }] = tasks.values();
  return { found, portMappings, causes: faults.map(({ cause }) => cause) };
}

describe('labels', () => {
  test.each([
    { why: 'those asked for', fields: { labels: labels(['dns-name', 'www'], ['other', 'x']) } },
    {
      why: 'those of the discovery info as protobuf writes them',
      fields: { discovery: { labels: { labels: labels(['dns-name', 'www']) } } },
    },
  ])('$why are read', ({ fields }) => {
    expect(readWith(WANTED, fields).found).toEqual([{ key: 'dns-name', value: 'www' }]);
  });

  test('those of the task come before those of its discovery info', () => {
    const fields = {
      discovery: { name: 'web', labels: { labels: labels(['weight', '3']) } },
      labels: labels(['dns-name', 'www']),
    };
    expect(readWith(WANTED, fields).found.map(({ value }) => value)).toEqual(['www', '3']);
  });

  test('of the wrong form are reported, and cost the task nothing else', () => {
    const { found, causes } = readWith(WANTED, { labels: labels(['dns-name', 5]) });
    expect({ found, causes }).toEqual({ found: [], causes: ['label'] });
  });
});

describe('port mappings', () => {
  const mapping = { host_port: 31000, container_port: 80, protocol: 'tcp' };
  const expected = [{ hostPort: 31000, containerPort: 80, protocol: 'tcp' }];

  test.each([
    { why: 'Docker', container: { type: 'DOCKER', docker: { port_mappings: [mapping] } } },
    { why: 'a network', container: { network_infos: [{ port_mappings: [mapping] }] } },
  ])('of $why are read', ({ container }) => {
    expect(readWith(WANTED, { container }).portMappings).toEqual(expected);
  });

  test('of the wrong form are reported', () => {
    const container = { docker: { port_mappings: [{ host_port: 'x' }] } };
    expect(readWith(WANTED, { container })).toMatchObject({
      portMappings: [],
      causes: ['port-mapping'],
    });
  });
});

test('what nobody asks for is not read, well formed or not', () => {
  const fields = { labels: labels(['dns-name', 5]), container: { network_infos: 7 } };
  expect(readWith(NOTHING, fields)).toEqual({ found: [], portMappings: [], causes: [] });
});

test('a task of the event stream has its labels', () => {
  const reader = new StateReader(undefined, WANTED);
  const address = { host: '10.0.0.1', port: 5050 };
  const decoder = new EventDecoder(reader, { address, id: undefined, electedSeconds: undefined });
  const added = task({ labels: labels(['dns-name', 'www']), framework_id: { value: 'F-0' } });
  const text = JSON.stringify({ type: 'TASK_ADDED', task_added: { task: added } });
  const [event] = decoder.write(Buffer.from(`${text.length}\n${text}`));
  expect(event).toMatchObject({ task: { labels: [{ key: 'dns-name', value: 'www' }] } });
});
