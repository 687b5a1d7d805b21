import type { ClusterUpdate } from '../../src/mesos/cluster-state.ts';
import {
  type ClusterFollower,
  type FollowerOptions,
  followCluster,
} from '../../src/mesos/follow-cluster.ts';
import type { FollowerStatus } from '../../src/mesos/follower-status.ts';
import { type Log, quietLog, seededRandom } from '../../src/runtime/index.ts';
import { type FakeMasters, fakeMasters } from '../fakes/fake-masters.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { PLAIN_CLIENT, stateOf } from './fixtures.ts';

/** A cluster of three fake masters that is being followed, and all that came of it. */
export interface Followed {
  readonly clock: SimulatedClock;
  readonly cluster: FakeMasters;
  readonly follower: ClusterFollower;
  readonly updates: readonly ClusterUpdate[];
  readonly conditions: readonly FollowerStatus[];
  /** Names of the tasks known now. */
  readonly tasks: () => readonly string[];
  readonly isLive: () => boolean;
  readonly close: () => Promise<void>;
}

/** Follows three masters that run `web`; `prepare` sets the stage before the first request. */
export async function startFollowing(
  options: Partial<FollowerOptions> = {},
  prepare: (cluster: FakeMasters) => void = () => {},
  log: Log = quietLog(),
): Promise<Followed> {
  const cluster = await fakeMasters(3, (pid, elected) => stateOf(pid, ['web'], elected));
  prepare(cluster);
  const clock = new SimulatedClock();
  const updates: ClusterUpdate[] = [];
  const conditions: FollowerStatus[] = [];
  const follower = followCluster(
    {
      masters: cluster.masters.map(({ host, port }) => ({ host, port })),
      source: 'poll',
      refreshSeconds: 60,
      stateTimeoutSeconds: 300,
      http: PLAIN_CLIENT,
      lookup: async () => [],
      ...options,
    },
    { clock, random: seededRandom(1), log },
    update => void updates.push(update),
    status => void conditions.push(status),
  );
  return {
    clock,
    cluster,
    follower,
    updates,
    conditions,
    tasks: () => [...(updates.at(-1)?.state.tasks.values() ?? [])].map(({ name }) => name),
    isLive: () => follower.status().isLive,
    close: async () => {
      await follower.close();
      await cluster.close();
    },
  };
}
