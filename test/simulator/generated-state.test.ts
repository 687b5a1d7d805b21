import { expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import {
  changeTasks,
  generateCluster,
  replacedEvents,
  startStaticMaster,
  stateOctets,
  subscribedOctets,
} from '../../src/simulator/index.ts';
import { readRecords } from '../fakes/mesos-recordings.ts';
import { subscribe } from '../fakes/subscriber.ts';

const SHAPE = { tasks: 3_000, services: 1_000, agents: 50 };

interface State {
  readonly leader: string;
  readonly slaves: readonly { readonly id: string }[];
  readonly frameworks: readonly { readonly tasks: readonly { readonly name: string }[] }[];
}

test('a generated state is JSON of 2.35 KB a task, the same for the same seed', () => {
  const make = () => generateCluster(SHAPE, seededRandom(3));
  const octets = Buffer.concat([...stateOctets(make(), 'master@127.0.0.1:5050')]);
  expect(octets.length / SHAPE.tasks).toBeGreaterThan(2_300);
  expect(octets.length / SHAPE.tasks).toBeLessThan(2_400);
  const state = JSON.parse(octets.toString()) as State;
  expect(state.leader).toBe('master@127.0.0.1:5050');
  expect(state.slaves).toHaveLength(SHAPE.agents);
  expect(state.frameworks[0].tasks).toHaveLength(SHAPE.tasks);
  expect(new Set(state.frameworks[0].tasks.map(({ name }) => name)).size).toBe(SHAPE.services);
  expect(make()).toEqual(make());
});

test('changing tasks leaves all others, octet for octet, in their places', () => {
  const cluster = generateCluster(SHAPE, seededRandom(3));
  const before = [...cluster.tasks];
  const changed = changeTasks(cluster, 5, seededRandom(4));
  for (const [place, task] of cluster.tasks.entries()) {
    if (changed.includes(place)) expect(task.id).not.toBe(before[place].id);
    else expect(task).toBe(before[place]);
  }
});

test('a static master answers 503 before its first state, then the state', async () => {
  const master = await startStaticMaster(() => 42);
  const state = () => fetch(`http://${master.address}/master/state`);
  expect((await state()).status).toBe(503);
  const cluster = generateCluster(SHAPE, seededRandom(3));
  master.publish([...stateOctets(cluster, master.pid)]);
  const response = await state();
  expect(((await response.json()) as State).leader).toBe(master.pid);
  // The master counts when the last octet has left, which the client may see first.
  await expect.poll(() => master.served).toEqual({ count: 1, lastAtMs: 42 });
  expect((await fetch(`http://${master.address}/api/v1`)).status).toBe(404);
  await master.close();
});

test('a static master streams: the snapshot, a heartbeat, then what it is told to tell', async () => {
  const master = await startStaticMaster(() => 0);
  const cluster = generateCluster(SHAPE, seededRandom(3));
  const [snapshot] = readRecords(Buffer.concat(subscribedOctets(cluster)));
  master.publishStream(subscribedOctets(cluster));
  const stream = await subscribe(master.address);
  await stream.until('HEARTBEAT');
  expect(stream.events()[0]).toEqual(snapshot);
  expect(stream.events()[0].subscribed?.get_state.get_tasks.tasks).toHaveLength(SHAPE.tasks);
  const [before] = cluster.tasks;
  const [place] = changeTasks(cluster, 1, seededRandom(5));
  master.emit(replacedEvents(before, cluster.tasks[place], cluster));
  await stream.until('TASK_ADDED');
  const [killed, added] = stream.events().slice(-2);
  expect(killed.task_updated?.state).toBe('TASK_KILLED');
  expect(added.task_added?.task).toMatchObject({ name: cluster.tasks[place].name });
  await master.close();
  await stream.ended;
});
