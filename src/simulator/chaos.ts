import { type Clock, type Random, sleep } from '../runtime/index.ts';
import type { SimulatedCluster } from './cluster.ts';
import type { Fault } from './faults.ts';

/** How much goes wrong, and for how long. */
export interface ChaosOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The mean pause between two faults, in milliseconds. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Leaves agents and tasks alone: then what runs at the start must be found throughout. */
  readonly onlyMasters?: boolean;
  readonly tell?: (line: string) => void;
}

/**
 * Makes things go wrong at random moments, the same ones for the same seed, until aborted; then
 * mends everything and waits until the leader knows all there is.
 */
export async function runChaos(cluster: SimulatedCluster, options: ChaosOptions): Promise<void> {
  const { clock, random, everyMs, signal, tell, onlyMasters = false } = options;
  const mischiefs = onlyMasters ? MASTER_MISCHIEFS : [...MASTER_MISCHIEFS, ...CLUSTER_MISCHIEFS];
  while (!signal.aborted) {
    await sleep(clock, random.below(2 * everyMs), signal);
    if (signal.aborted) break;
    const mischief = mischiefs[random.below(mischiefs.length)];
    const done = await mischief(cluster, random);
    if (done) tell?.(done);
  }
  await calm(cluster);
}

/** Mends everything: faults end, the dead and the paused are back, every agent is connected. */
async function calm(cluster: SimulatedCluster): Promise<void> {
  const { masters } = cluster;
  masters.setFault(undefined);
  masters.returnZooKeeper();
  for (const [index, { isPaused }] of masters.list.entries()) {
    if (isPaused) await masters.resume(index);
    await masters.restart(index);
  }
  for (const id of cluster.agentIds) await cluster.returnAgent(id);
  await cluster.until(({ isSettled }) => isSettled);
}

/** Does one thing and says what, or nothing when it would make no sense now. */
type Mischief = (cluster: SimulatedCluster, random: Random) => Promise<string | undefined>;

const EMPTY: Fault = { kind: 'empty' };
const PARTIAL: Fault = { kind: 'partial', share: 0.5 };
const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 500, body: 'Internal Server Error' },
  { kind: 'status', status: 503, body: 'No leader elected' },
  { kind: 'status', status: 404 },
  EMPTY,
  PARTIAL,
  { kind: 'html' },
  { kind: 'invalid' },
  { kind: 'wrong-shape' },
  { kind: 'truncated', share: 0.7 },
  { kind: 'slow', octets: 2048, everyMs: 200 },
  { kind: 'hang' },
  { kind: 'hang-in-body' },
  { kind: 'loop' },
  { kind: 'reset' },
];

/** A part that is told again and again is the truth, for anybody who cannot know better. */
const TIMES: Partial<Record<Fault['kind'], number>> = { partial: 1, empty: 5 };

const MASTER_MISCHIEFS: readonly Mischief[] = [
  async ({ masters }) => {
    if (!masters.leader) return undefined;
    await masters.kill();
    return 'leader killed';
  },
  async ({ masters }, random) => {
    const index = random.below(masters.list.length);
    if (!masters.list[index].isAlive) return undefined;
    await masters.kill(index);
    return `master ${index} killed`;
  },
  async ({ masters }) => {
    const index = masters.list.findIndex(({ isAlive }) => !isAlive);
    if (index < 0) return undefined;
    await masters.restart(index);
    return `master ${index} started again`;
  },
  async ({ masters }) => {
    if (!masters.leader) return undefined;
    masters.pause();
    return 'leader paused';
  },
  async ({ masters }, random) => {
    const index = random.below(masters.list.length);
    const { isAlive, isPaused } = masters.list[index];
    if (!isAlive || isPaused) return undefined;
    masters.pause(index);
    return `master ${index} paused`;
  },
  async ({ masters }) => {
    const index = masters.list.findIndex(({ isPaused }) => isPaused);
    if (index < 0) return undefined;
    await masters.resume(index);
    return `master ${index} resumed`;
  },
  async ({ masters }, random) => {
    const index = random.below(masters.list.length);
    const { isAlive, isPaused, role } = masters.list[index];
    if (!isAlive || isPaused || role.kind === 'leading' || !masters.leader) return undefined;
    await masters.move(index);
    return `master ${index} leads now`;
  },
  async ({ masters }) => {
    masters.cutStreams();
    return 'streams cut in the middle of a record';
  },
  async ({ masters }) => {
    if (!masters.leader) return undefined;
    masters.loseStreams();
    return 'streams half-open';
  },
  async ({ masters }, random) => {
    const index = random.below(masters.list.length + 1);
    const fault = FAULTS[random.below(FAULTS.length)];
    const isAll = index === masters.list.length;
    masters.setFault(fault, isAll ? undefined : index, TIMES[fault.kind]);
    return `${isAll ? 'all masters answer' : `master ${index} answers`} with ${fault.kind}`;
  },
  async ({ masters }, random) => {
    const index = masters.list.findIndex(master => master === masters.leader);
    if (index < 0) return undefined;
    const fault = random.below(2) === 0 ? PARTIAL : EMPTY;
    masters.setFault(fault, index, TIMES[fault.kind]);
    return `the leader answers with ${fault.kind}`;
  },
  async ({ masters }) => {
    masters.setFault(undefined);
    return 'masters answer right';
  },
  async ({ masters }) => {
    if (!masters.hasZooKeeper) return undefined;
    await masters.loseZooKeeper();
    return 'ZooKeeper gone';
  },
  async ({ masters }) => {
    if (masters.hasZooKeeper) return undefined;
    masters.returnZooKeeper();
    return 'ZooKeeper back';
  },
];

const CLUSTER_MISCHIEFS: readonly Mischief[] = [
  async (cluster, random) => {
    const { running } = cluster;
    if (running.length === 0) return undefined;
    const { id } = running[random.below(running.length)];
    await cluster.killTask(id);
    return `task ${id} killed`;
  },
  async (cluster, random) => {
    const id = cluster.agentIds[random.below(cluster.agentIds.length)];
    if (!cluster.isConnected(id)) return undefined;
    const tasks = random.below(2) === 0 ? 'die' : 'run on';
    await cluster.loseAgent(id, tasks);
    return `agent ${id} lost, its tasks ${tasks}`;
  },
  async cluster => {
    const id = cluster.agentIds.find(agent => !cluster.isConnected(agent));
    if (id === undefined) return undefined;
    await cluster.returnAgent(id);
    return `agent ${id} back`;
  },
];
