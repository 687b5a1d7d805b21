import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { type SimulatedCluster, startCluster } from '../../src/simulator/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { type Subscriber, subscribe } from '../fakes/subscriber.ts';
import { WEB, WORKER } from './app-json.ts';

let clock: SimulatedClock;
let cluster: SimulatedCluster;
let stream: Subscriber;
beforeEach(async () => {
  clock = new SimulatedClock();
  cluster = await startCluster({ clock, random: seededRandom(1), agents: 2 });
  await cluster.launch(WEB);
  stream = await subscribe(cluster.addresses[0]);
  await stream.until('HEARTBEAT');
});
afterEach(() => cluster.close());

/** The stream's events since the subscription, in short. */
function told(): string[] {
  const ignored = new Set(['SUBSCRIBED', 'HEARTBEAT']);
  return stream
    .events()
    .filter(({ type }) => !ignored.has(type))
    .map(
      event => `${event.type} ${event.task_added?.task.state ?? event.task_updated?.state ?? ''}`,
    )
    .map(text => text.trim());
}

test('begins with the state, a heartbeat at once, and one every 15 seconds', async () => {
  expect(stream.events().map(({ type }) => type)).toEqual(['SUBSCRIBED', 'HEARTBEAT']);
  const [{ subscribed }] = stream.events();
  expect(subscribed?.heartbeat_interval_seconds).toBe(15);
  expect(subscribed?.get_state.get_tasks.tasks).toHaveLength(2);
  await clock.advance(30_000);
  await stream.until('HEARTBEAT', 3);
});

test('tells of a launch step by step, names only at first', async () => {
  await cluster.launch({ ...WORKER });
  await stream.until('TASK_UPDATED', 2);
  expect(told()).toEqual([
    'TASK_ADDED TASK_STAGING',
    'TASK_UPDATED TASK_STARTING',
    'TASK_UPDATED TASK_RUNNING',
  ]);
  const [, , added, , updated] = stream.events();
  expect(added.task_added?.task.name).toBe('worker');
  expect(added.task_added?.task.statuses).toBeUndefined();
  expect(Object.keys(updated.task_updated ?? {})).toEqual(['framework_id', 'status', 'state']);
});

test('an agent lost gives a word of each task, none of the agent', async () => {
  await cluster.loseAgent(cluster.agentIds[0], 'run on');
  await stream.until('TASK_UPDATED');
  expect(told()).toEqual(['TASK_UPDATED TASK_UNREACHABLE']);
  expect(stream.events().at(-1)?.task_updated?.status.container_status).toBeUndefined();
});

test('an agent back tells its tasks before itself', async () => {
  await cluster.loseAgent(cluster.agentIds[0], 'run on');
  await cluster.returnAgent(cluster.agentIds[0]);
  await stream.until('AGENT_ADDED');
  const expected = ['TASK_UPDATED TASK_UNREACHABLE', 'TASK_ADDED TASK_RUNNING', 'AGENT_ADDED'];
  expect(told()).toEqual(expected);
});

test('an agent that unregisters is the one whose removal is told', async () => {
  await cluster.removeAgent(cluster.agentIds[0]);
  await stream.until('AGENT_REMOVED');
  expect(told()).toEqual(['TASK_UPDATED TASK_LOST', 'AGENT_REMOVED']);
});

test('a framework torn down ends its tasks first', async () => {
  await cluster.removeFramework('marathon');
  await stream.until('FRAMEWORK_REMOVED');
  expect(told()).toEqual([
    'TASK_UPDATED TASK_KILLED',
    'TASK_UPDATED TASK_KILLED',
    'FRAMEWORK_REMOVED',
  ]);
});

test('a framework away gives no event; one back is updated', async () => {
  await cluster.disconnectFramework('marathon');
  await cluster.returnFramework('marathon');
  await stream.until('FRAMEWORK_UPDATED');
  expect(told()).toEqual(['FRAMEWORK_UPDATED']);
});

describe('streams end', () => {
  test('without a last chunk when the leader dies', async () => {
    await cluster.masters.kill();
    await stream.ended;
  });

  test('in the middle of a record when they are cut', async () => {
    const before = stream.events().length;
    cluster.masters.cutStreams();
    await stream.ended;
    expect(stream.events()).toHaveLength(before);
    expect(stream.octets().toString().slice(-15)).toMatch(/20\n\{[^}]*$/);
  });

  test('not at all when the leader is paused: they are silent', async () => {
    cluster.masters.pause(0);
    await cluster.killTask(cluster.running[0].id);
    await clock.advance(60_000);
    expect(stream.events().map(({ type }) => type)).toEqual(['SUBSCRIBED', 'HEARTBEAT']);
    // Awake again, it finds that another one leads and ends itself.
    await cluster.masters.resume(0);
    await stream.ended;
  });
});

test('a follower redirects, and a new leader refuses until it has read its registry', async () => {
  const slow = await startCluster({ clock, random: seededRandom(3), timings: { registryMs: 500 } });
  await clock.advance(500);
  slow.masters.elect(1);
  expect((await subscribe(slow.addresses[2])).status).toBe(307);
  const refused = await subscribe(slow.addresses[1]);
  expect(refused.status).toBe(503);
  await refused.ended;
  expect(refused.octets().toString()).toBe('Master has not finished recovery');
  await slow.close();
});
