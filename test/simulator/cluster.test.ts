import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import {
  type Election,
  runChaos,
  type SimulatedCluster,
  startCluster,
} from '../../src/simulator/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { WEB, WORKER } from './app-json.ts';

interface State {
  readonly slaves: readonly { readonly id: string }[];
  readonly recovered_slaves: readonly object[];
  readonly frameworks: readonly {
    readonly name: string;
    readonly recovered: boolean;
    readonly tasks: readonly { readonly slave_id: string; readonly state: string }[];
    readonly unreachable_tasks: readonly object[];
  }[];
}

const TIMINGS = { electionMs: 10_000, registryMs: 500, reregisterMs: 2_000, restartMs: Infinity };

let clock: SimulatedClock;
let elections: Election[];
let cluster: SimulatedCluster;
beforeEach(async () => {
  clock = new SimulatedClock();
  elections = [];
  const random = seededRandom(1);
  const onElection = (election: Election) => elections.push(election);
  cluster = await startCluster({ clock, random, timings: TIMINGS, onElection });
  await cluster.launch(WEB);
  await cluster.launch({ ...WORKER, instances: 4 });
});
afterEach(() => cluster.close());

/** The state as a client sees it, asking the masters as they are now. */
async function seen(): Promise<{ status: number; location?: string | null; state?: State }> {
  for (const address of cluster.addresses) {
    const response = await fetch(`http://${address}/state`, { redirect: 'manual' }).catch(
      () => null,
    );
    if (response?.status === 200) return { status: 200, state: (await response.json()) as State };
    if (response) return { status: response.status, location: response.headers.get('location') };
  }
  return { status: 0 };
}

const tasksIn = (state: State | undefined) => state?.frameworks.flatMap(({ tasks }) => tasks) ?? [];
const runningIn = (state: State | undefined) =>
  tasksIn(state).filter(task => task.state === 'TASK_RUNNING');

describe('failover, as recorded from a real cluster', () => {
  test('the followers redirect to the dead leader until another one is elected', async () => {
    const [dead] = cluster.addresses;
    await cluster.masters.kill();
    expect(await seen()).toEqual({ status: 307, location: `//${dead}/master/state` });
    await clock.advance(9_999);
    expect((await seen()).location).toBe(`//${dead}/master/state`);
    await clock.advance(1);
    expect((await seen()).location).not.toBe(`//${dead}/master/state`);
    expect(elections).toHaveLength(2);
    expect(elections[1].alive).toHaveLength(2);
  });

  test('the new leader answers 200: empty, then agents to come, then all tasks', async () => {
    await cluster.masters.kill();
    await clock.advance(10_000);
    const empty = cluster.state() as unknown as State;
    expect([empty.slaves, empty.recovered_slaves, empty.frameworks]).toEqual([[], [], []]);
    await clock.advance(500);
    const counts: number[] = [];
    for (let step = 0; step <= 40; step++) {
      const { slaves, recovered_slaves: recovered } = cluster.state() as unknown as State;
      expect(slaves.length + recovered.length).toBe(3);
      counts.push(tasksIn(cluster.state() as unknown as State).length);
      await clock.advance(50);
    }
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts[0]).toBeLessThan(6);
    expect(runningIn(cluster.state() as unknown as State)).toHaveLength(6);
  });

  test('a framework known from its tasks only is recovered, with all its tasks', async () => {
    await cluster.disconnectFramework('marathon');
    await cluster.masters.kill();
    await clock.advance(20_000);
    const [framework] = (cluster.state() as unknown as State).frameworks;
    expect(framework).toMatchObject({ name: 'marathon', recovered: true });
    expect(framework.tasks).toHaveLength(6);
  });

  test('what runs is never fewer while masters fail', async () => {
    const before = cluster.running.map(({ id }) => id);
    expect(before).toHaveLength(6);
    await cluster.masters.kill();
    await clock.advance(30_000);
    expect(cluster.running.map(({ id }) => id)).toEqual(before);
  });
});

describe('a leader that is paused', () => {
  /** Until the election that would replace it is a second away. */
  const pauseLong = async () => {
    const index = cluster.masters.list.findIndex(({ role }) => role.kind === 'leading');
    cluster.masters.pause(index);
    await clock.advance(9_000);
    await cluster.masters.resume(index);
    await clock.advance(5_000);
  };

  test('while agents come back, they try again when it wakes', async () => {
    await cluster.masters.kill();
    await clock.advance(10_600);
    expect(cluster.isSettled).toBe(false);
    await pauseLong();
    expect(cluster.isSettled).toBe(true);
    expect(runningIn(cluster.state() as unknown as State)).toHaveLength(6);
  });

  test('while it reads its registry, they come when it wakes', async () => {
    await cluster.masters.kill();
    await clock.advance(10_100);
    await pauseLong();
    expect(cluster.isSettled).toBe(true);
    expect(runningIn(cluster.state() as unknown as State)).toHaveLength(6);
  });

  test('is told what ended meanwhile', async () => {
    const [{ id }] = cluster.running;
    const pausing = pauseLong();
    await cluster.killTask(id);
    await pausing;
    const running = runningIn(cluster.state() as unknown as State);
    expect(running).toHaveLength(6);
    expect(cluster.running).toHaveLength(6);
    expect(cluster.running.map(task => task.id)).not.toContain(id);
  });

  test('loses agents that are gone when it wakes', async () => {
    const [lost] = cluster.agentIds;
    cluster.masters.pause();
    await cluster.loseAgent(lost);
    await cluster.masters.resume(0);
    await clock.advance(5_000);
    const state = cluster.state() as unknown as State;
    expect(state.slaves.map(({ id }) => id)).not.toContain(lost);
    expect(runningIn(state).length).toBe(cluster.running.length);
  });
});

describe('losses', () => {
  test('a killed task comes back on another agent', async () => {
    const { id, agentId } = cluster.running.find(({ name }) => name === 'worker')!;
    await cluster.killTask(id);
    const workers = cluster.running.filter(({ name }) => name === 'worker');
    expect(workers).toHaveLength(4);
    expect(workers.map(task => task.id)).not.toContain(id);
    expect(workers.at(-1)?.agentId).not.toBe(agentId);
  });

  test('tasks of a lost agent come back on others', async () => {
    const [lost] = cluster.agentIds;
    await cluster.loseAgent(lost);
    expect(cluster.running.filter(({ agentId }) => agentId === lost)).toEqual([]);
    expect(cluster.running.filter(({ name }) => name === 'worker')).toHaveLength(4);
    const { state } = await seen();
    expect(state?.slaves.map(({ id }) => id)).not.toContain(lost);
  });

  test('an agent cut off comes back with its tasks, and the surplus ends', async () => {
    const [lost] = cluster.agentIds;
    await cluster.loseAgent(lost, 'run on');
    const { state } = await seen();
    expect(state?.frameworks[0].unreachable_tasks.length).toBeGreaterThan(0);
    await cluster.returnAgent(lost);
    const after = (await seen()).state;
    expect(after?.frameworks[0].unreachable_tasks).toEqual([]);
    expect(runningIn(after)).toHaveLength(6);
  });
});

test('the same seed makes the same cluster', async () => {
  const same = async () => {
    const random = seededRandom(5);
    const own = await startCluster({ clock: new SimulatedClock(), random });
    await own.launch(WEB);
    await own.close();
    return own.running;
  };
  expect(await same()).toEqual(await same());
});

test.each(
  Array.from({ length: 10 }, (_, seed) => ({ seed })),
)('chaos with seed $seed ends in a cluster that is whole', async ({ seed }) => {
  const stop = new AbortController();
  const options = { clock, random: seededRandom(seed), everyMs: 1_000, signal: stop.signal };
  const chaos = runChaos(cluster, options);
  for (let second = 0; second < 60; second++) await clock.advance(1_000);
  stop.abort();
  let isOver = false;
  void chaos.then(() => {
    isOver = true;
  });
  for (let second = 0; !isOver && second < 60; second++) await clock.advance(1_000);
  await chaos;
  expect(cluster.isSettled).toBe(true);
  expect(runningIn(cluster.state() as unknown as State)).toHaveLength(6);
  expect(cluster.running).toHaveLength(6);
});
