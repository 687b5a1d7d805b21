import { type Clock, fullJitterBackoff, type Log, type Random } from '../runtime/index.ts';
import { askingDetector } from './ask-detector.ts';
import type { ClusterState, ClusterUpdate, HostPort } from './cluster-state.ts';
import { type Following, followLeader } from './follow-leader.ts';
import { type FollowerStatus, keepStatus } from './follower-status.ts';
import { type HostLookup, HostNames } from './host-names.ts';
import { isSameHostPort } from './host-port.ts';
import { openIntake, type StoreWorld } from './intake.ts';
import type { LeaderReport } from './leader-detector.ts';
import { stateLoader } from './load-state.ts';
import { MASTER_TIMEOUTS, type MasterClientOptions, masterClient } from './master-client.ts';
import { masterDirectory } from './master-directory.ts';
import { makePause } from './pause.ts';
import { secondLook } from './second-look.ts';
import { NEVER_STREAM, streamPolicy } from './stream-policy.ts';
import { type ZooKeeperSource, zooKeeperDetector } from './zookeeper-detector.ts';

export interface FollowerOptions {
  /** The masters to ask, in the order that numbers them; with ZooKeeper, those to fall back on. */
  readonly masters: readonly HostPort[];
  /** Where the masters register; undefined asks the masters alone. */
  readonly zooKeeper?: ZooKeeperSource | undefined;
  /** By the event stream where the masters have one, or by polling alone. */
  readonly source: 'stream' | 'poll';
  /** Between two loads; with the stream, at least so long between two looks at the whole. */
  readonly refreshSeconds: number;
  /** For one whole exchange. */
  readonly stateTimeoutSeconds: number;
  /** How the masters are spoken to. */
  readonly http: Omit<MasterClientOptions, 'timeouts'>;
  /** Asks the configured resolvers for host names of masters and pids; never ourselves. */
  readonly lookup: HostLookup;
  /** The state to begin with, from the disk: stale until a master speaks. */
  readonly restored?: ClusterState | undefined;
}

export interface FollowerWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Follows the leading master until it is closed. */
export interface ClusterFollower {
  /** Asks for the state now, rather than at the next turn. */
  refresh(): void;
  status(): FollowerStatus;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 5_000;

/**
 * Finds the leading master and follows it. A state given as `restored` is published before this returns.
 *
 * @param onUpdate Called with every change of the cluster; never while an earlier call runs.
 * @param onCondition Called when the leader, the source, how far the state can be believed, or whether
 *   it is live has changed.
 */
export function followCluster(
  options: FollowerOptions,
  world: FollowerWorld,
  onUpdate: (update: ClusterUpdate) => void,
  onCondition: (status: FollowerStatus) => void,
): ClusterFollower {
  const { clock, random, log } = world;
  const { masters, zooKeeper } = options;
  const closing = new AbortController();
  const pause = makePause(clock);
  const status = keepStatus(masters, clock, log, onCondition);
  const doubts = secondLook(
    clock,
    () => status.read().loadMs,
    () => pause.end(),
  );
  const store: StoreWorld = {
    clock,
    log,
    onDoubt: () => doubts.doubt(),
    onCondition: condition => status.store(condition),
  };
  const intake = openIntake(store, onUpdate, hosts => names.keep(hosts));
  const names: HostNames = new HostNames({
    lookup: options.lookup,
    clock,
    configured: masters.map(({ host }) => host),
    onChange: () => intake.setHostAddresses(names.known()),
  });
  const known = () => [...masters, ...status.read().masters];
  const http = { ...options.http, timeouts: MASTER_TIMEOUTS };
  const client = masterClient(http, clock, masterDirectory(names, masters, known));
  const backoff = fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, random);
  const policy = options.source === 'poll' ? NEVER_STREAM : streamPolicy(clock, random);
  const following: Following = {
    log,
    policy,
    streaming: { clock, client, names, status, backoff, intake },
    polling: {
      clock,
      loader: stateLoader(client, options.stateTimeoutSeconds * 1000),
      status,
      backoff,
      pause,
      refreshMs: options.refreshSeconds * 1000,
      openBody: intake.openState,
      onDoubt: () => detector.doubt(),
    },
  };
  if (options.restored) intake.restore(options.restored);

  let followed: HostPort | undefined;
  let turn = new AbortController();
  /** While nobody is said to lead, the leader of before is followed as far as it goes. */
  const hear = (report: LeaderReport) => {
    intake.setMasters(report.masters);
    status.leader(report);
    if (!report.leader) return;
    policy.leaderChanged();
    if (isSameHostPort(report.leader, followed)) return;
    followed = report.leader;
    turn.abort();
  };
  const detectorWorld = { clock, random, log, client, names };
  const makeDetector = zooKeeper
    ? zooKeeperDetector(zooKeeper, masters, detectorWorld)
    : askingDetector(masters, detectorWorld);
  const detector = makeDetector(hear);

  const follow = async () => {
    while (!closing.signal.aborted) {
      turn = new AbortController();
      const signal = AbortSignal.any([turn.signal, closing.signal]);
      if (followed) await followLeader(following, followed, signal);
      else await aborted(signal);
    }
  };
  const running = follow();

  return {
    refresh: () => pause.end(),
    status: () => status.read(),
    close: async () => {
      closing.abort();
      doubts.close();
      await Promise.all([running, detector.close()]);
      names.close();
      await client.close();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
