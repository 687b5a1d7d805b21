import { describe, expect, test } from 'vitest';
import type { TaskDetails } from '../../src/mesos/index.ts';
import { EventDecoder, StateReader } from '../../src/mesos/index.ts';
import { type Json, stateOf, task, withTasks } from '../fakes/raw-state.ts';

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

describe('roles', () => {
  const roles = { ...NOTHING, roles: true };
  const roleOf = (details: TaskDetails, fields: Json) => {
    const body = Buffer.from(JSON.stringify(withTasks(task(fields))));
    return [...new StateReader(undefined, details).read(body).tasks.values()][0].role;
  };
  const allocated = [{ name: 'cpus', allocation_info: { role: 'prod' } }];

  test.each([
    { why: 'of /state', fields: { role: 'prod' }, role: 'prod' },
    { why: 'of v1, with its resources', fields: { resources: allocated }, role: 'prod' },
    { why: 'of Mesos before 1.3, which has none', fields: {}, role: undefined },
  ])('a task $why has the role $role', ({ fields, role }) => {
    expect(roleOf(roles, fields)).toBe(role);
    expect(roleOf(NOTHING, fields)).toBeUndefined();
  });

  test.each([
    { why: 'one role', fields: { role: 'prod' }, found: ['prod'] },
    { why: 'several', fields: { roles: ['dev', 'prod'] }, found: ['dev', 'prod'] },
    { why: 'the default role', fields: { role: '*' }, found: undefined },
    { why: 'the default role in a list', fields: { roles: ['*'] }, found: undefined },
    { why: 'none said', fields: {}, found: undefined },
    { why: 'something else', fields: { roles: 7 }, found: undefined },
  ])('a framework with $why has the roles $found', ({ fields, found }) => {
    const frameworks = [{ id: 'F', name: 'x', hostname: 'h', ...fields }];
    const { frameworks: read } = new StateReader().read(
      Buffer.from(JSON.stringify(stateOf({ frameworks }))),
    );
    expect([...read.values()][0].roles).toEqual(found);
  });
});

test('visibility is that of the task, and of a port that says its own', () => {
  const ports = { ports: [{ number: 1 }, { number: 2, visibility: 'CLUSTER' }] };
  const odd = { name: 'web', visibility: 'NOBODY', ports: {} };
  const discoveryOf = (discovery: Json) => {
    const body = Buffer.from(JSON.stringify(withTasks(task({ discovery }))));
    return [...new StateReader().read(body).tasks.values()][0].discovery;
  };
  expect(discoveryOf({ name: 'web', visibility: 'EXTERNAL', ports })).toMatchObject({
    visibility: 'EXTERNAL',
    ports: [{ visibility: undefined }, { visibility: 'CLUSTER' }],
  });
  expect(discoveryOf(odd)?.visibility).toBeUndefined();
});
