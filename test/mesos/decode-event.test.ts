import { describe, expect, test } from 'vitest';
import { decodeEvent } from '../../src/mesos/decode-event.ts';
import type { StateFaultCause } from '../../src/mesos/index.ts';

const id = (value: string) => ({ value });
const TASK = {
  name: 'web',
  task_id: id('web.1'),
  framework_id: id('F'),
  agent_id: id('S0'),
  state: 'TASK_STAGING',
};
const STATUS = {
  task_id: id('web.1'),
  state: 'TASK_RUNNING',
  healthy: false,
  container_status: { network_infos: [{ ip_addresses: [{ ip_address: '10.0.0.1' }] }] },
};

function decode(json: unknown) {
  const causes: StateFaultCause[] = [];
  const event = decodeEvent(json, cause => causes.push(cause));
  return { event, causes };
}

const added = (fields: object) => ({
  type: 'TASK_ADDED',
  task_added: { task: { ...TASK, ...fields } },
});
const updated = (fields: object) => ({
  type: 'TASK_UPDATED',
  task_updated: { framework_id: id('F'), ...fields },
});
const running = { addresses: { netinfo: ['10.0.0.1'], docker: [], mesos: [] }, isHealthy: false };

test.each([
  { why: 'HEARTBEAT', json: { type: 'HEARTBEAT' }, event: { kind: 'heartbeat' } },
  {
    why: 'TASK_ADDED, not yet started',
    json: added({}),
    event: {
      kind: 'task-added',
      key: 'F/web.1',
      task: { name: 'web', agentId: 'S0', state: 'TASK_STAGING' },
    },
  },
  {
    why: 'TASK_ADDED of an agent that is back, with statuses',
    json: added({ state: 'TASK_RUNNING', statuses: [STATUS] }),
    event: { kind: 'task-added', task: running },
  },
  {
    why: 'TASK_ADDED that has ended already',
    json: added({ state: 'TASK_FAILED' }),
    event: { kind: 'task-added', key: 'F/web.1', task: undefined },
  },
  {
    why: 'TASK_UPDATED',
    json: updated({ status: STATUS, state: 'TASK_RUNNING' }),
    event: {
      kind: 'task-updated',
      key: 'F/web.1',
      state: 'TASK_RUNNING',
      statusState: 'TASK_RUNNING',
      running,
    },
  },
  {
    why: 'TASK_UPDATED whose status lags behind',
    json: updated({ status: { ...STATUS, state: 'TASK_STARTING' }, state: 'TASK_RUNNING' }),
    event: {
      kind: 'task-updated',
      state: 'TASK_RUNNING',
      statusState: 'TASK_STARTING',
      running: undefined,
    },
  },
  {
    why: 'TASK_UPDATED of Mesos 1.0, without a status',
    json: updated({
      task_id: id('web.1'),
      agent_id: id('S0'),
      executor_id: id(''),
      state: 'TASK_KILLED',
    }),
    event: {
      kind: 'task-updated',
      key: 'F/web.1',
      state: 'TASK_KILLED',
      statusState: '',
      running: undefined,
    },
  },
  {
    why: 'AGENT_ADDED',
    json: {
      type: 'AGENT_ADDED',
      agent_added: {
        agent: {
          agent_info: { id: id('S0'), hostname: 'h', port: 5051 },
          pid: 'slave(1)@10.0.0.7:5051',
        },
      },
    },
    event: {
      kind: 'agent-added',
      agent: { id: 'S0', hostname: 'h', pid: { host: '10.0.0.7', port: 5051 } },
    },
  },
  {
    why: 'AGENT_ADDED without a pid',
    json: {
      agent_added: { agent: { agent_info: { id: id('S0'), hostname: 'h' } } },
      type: 'AGENT_ADDED',
    },
    event: { kind: 'agent-added', agent: { id: 'S0', hostname: 'h', pid: undefined } },
  },
  {
    why: 'AGENT_REMOVED',
    json: { type: 'AGENT_REMOVED', agent_removed: { agent_id: id('S0') } },
    event: { kind: 'agent-removed', id: 'S0' },
  },
  {
    why: 'FRAMEWORK_ADDED of one that has not come back',
    json: {
      type: 'FRAMEWORK_ADDED',
      framework_added: {
        framework: {
          framework_info: { id: id('F'), name: 'marathon' },
          active: false,
          recovered: true,
        },
      },
    },
    event: {
      kind: 'framework-added',
      framework: { id: 'F', name: 'marathon', isActive: false, isRecovered: true, pid: undefined },
    },
  },
  {
    why: 'FRAMEWORK_UPDATED',
    json: {
      type: 'FRAMEWORK_UPDATED',
      framework_updated: {
        framework: { framework_info: { id: id('F'), name: 'other' }, active: true },
      },
    },
    event: { kind: 'framework-added', framework: { name: 'other' } },
  },
  {
    why: 'FRAMEWORK_REMOVED',
    json: {
      type: 'FRAMEWORK_REMOVED',
      framework_removed: { framework_info: { id: id('F'), name: 'x' } },
    },
    event: { kind: 'framework-removed', id: 'F' },
  },
])('$why', ({ json, event }) => {
  expect(decode(json)).toMatchObject({ event, causes: [] });
});

describe('what cannot be used is left out alone', () => {
  test.each([
    { why: 'a type nobody told us of', json: { type: 'TASK_REMOVED' }, causes: ['event-type'] },
    { why: 'no type', json: {}, causes: ['event'] },
    { why: 'a numeric type', json: { type: 7 }, causes: ['event'] },
    { why: 'no object', json: undefined, causes: ['event'] },
    { why: 'nothing in it', json: { type: 'TASK_ADDED' }, causes: ['event'] },
    {
      why: 'a task that is text',
      json: { type: 'TASK_ADDED', task_added: { task: 'web' } },
      causes: ['task'],
    },
    { why: 'a numeric task name', json: added({ name: 7 }), causes: ['task'] },
    { why: 'a numeric task id', json: added({ task_id: 7 }), causes: ['event'] },
    {
      why: 'an update without a state',
      json: updated({ status: { task_id: id('a') } }),
      causes: ['event'],
    },
    {
      why: 'an agent without an id',
      json: { type: 'AGENT_ADDED', agent_added: { agent: { agent_info: {} } } },
      causes: ['agent-id'],
    },
    {
      why: 'a framework with a numeric name',
      json: {
        type: 'FRAMEWORK_ADDED',
        framework_added: { framework: { framework_info: { name: 7 } } },
      },
      causes: ['framework'],
    },
  ])('$why', ({ json, causes }) => {
    expect(decode(json)).toEqual({ event: undefined, causes });
  });

  test('odd addresses cost themselves; the state of the task still counts', () => {
    const status = { ...STATUS, container_status: { network_infos: 7 } };
    expect(decode(updated({ status, state: 'TASK_RUNNING' }))).toMatchObject({
      event: { kind: 'task-updated', state: 'TASK_RUNNING', running: undefined },
      causes: ['status'],
    });
  });
});
