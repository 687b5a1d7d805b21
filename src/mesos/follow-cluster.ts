import { type Clock, fullJitterBackoff, type Log, type Random } from '../runtime/index.ts';
import { askingDetector } from './ask-detector.ts';
import type { ClusterUpdate, HostPort } from './cluster-state.ts';
import { type FollowerStatus, keepStatus } from './follower-status.ts';
import { type HostLookup, makeHostNames } from './host-names.ts';
import { isSameHostPort } from './host-port.ts';
import { openIntake } from './intake.ts';
import type { LeaderReport } from './leader-detector.ts';
import { stateLoader } from './load-state.ts';
import { MASTER_TIMEOUTS, type MasterClientOptions, masterClient } from './master-client.ts';
import { masterDirectory } from './master-directory.ts';
import { makePause } from './pause.ts';
import { type Polling, pollLeader } from './poll-leader.ts';
import { type ZooKeeperSource, zooKeeperDetector } from './zookeeper-detector.ts';

export interface FollowerOptions {
  /** The masters to ask, in the order that numbers them; with ZooKeeper, those to fall back on. */
  readonly masters: readonly HostPort[];
  /** Where the masters register; undefined asks the masters alone. */
  readonly zooKeeper?: ZooKeeperSource | undefined;
  readonly refreshSeconds: number;
  /** For one whole exchange. */
  readonly stateTimeoutSeconds: number;
  /** How the masters are spoken to. */
  readonly http: Omit<MasterClientOptions, 'timeouts'>;
  /** Asks the configured resolvers for host names of masters and pids; never ourselves. */
  readonly lookup: HostLookup;
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
/** After a doubt about the state, such as a loss too great to be believed at once. */
const SECOND_LOOK_MS = 1_000;

/**
 * Finds the leading master and follows it.
 *
 * @param onUpdate Called with every change of the cluster; never while an earlier call runs.
 * @param onCondition Called when the leader, the source, or whether the state is live has changed.
 */
export function followCluster(
  options: FollowerOptions,
  world: FollowerWorld,
  onUpdate: (update: ClusterUpdate) => void,
  onCondition: (status: FollowerStatus) => void,
): ClusterFollower {
  const { clock, random, log } = world;
  const closing = new AbortController();
  const status = keepStatus(options.masters, clock, log, onCondition);
  const lookAgain = () => void clock.after(SECOND_LOOK_MS, () => pause.end());
  const store = { clock, log, onDoubt: lookAgain, onCondition: () => {} };
  const intake = openIntake(store, onUpdate, hosts => names.keep(hosts));
  const configured = new Set(options.masters.map(({ host }) => host));
  const names = makeHostNames(options.lookup, clock, configured, () =>
    intake.setHostAddresses(names.known()),
  );
  const directory = masterDirectory(names, options.masters, () => [
    ...options.masters,
    ...status.read().masters,
  ]);
  const http = { ...options.http, timeouts: MASTER_TIMEOUTS };
  const client = masterClient(http, clock, directory);
  const pause = makePause(clock);
  const polling: Polling = {
    clock,
    loader: stateLoader(client, options.stateTimeoutSeconds * 1000),
    status,
    backoff: fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, random),
    pause,
    refreshMs: options.refreshSeconds * 1000,
    openBody: intake.openState,
    onDoubt: () => detector.doubt(),
  };

  let turn = new AbortController();
  const hear = (report: LeaderReport) => {
    const isNew = !isSameHostPort(report.leader, status.read().leader);
    intake.setMasters(report.masters);
    status.leader(report);
    if (isNew) turn.abort();
  };
  const { masters, zooKeeper } = options;
  const detectorWorld = { clock, random, log, client, names };
  const makeDetector = zooKeeper
    ? zooKeeperDetector(zooKeeper, masters, detectorWorld)
    : askingDetector(masters, detectorWorld);
  const detector = makeDetector(hear);

  const follow = async () => {
    while (!closing.signal.aborted) {
      turn = new AbortController();
      const signal = AbortSignal.any([turn.signal, closing.signal]);
      const { leader } = status.read();
      if (leader) await pollLeader(polling, leader, signal);
      else await aborted(signal);
    }
  };
  const following = follow();

  return {
    refresh: () => pause.end(),
    status: () => status.read(),
    close: async () => {
      closing.abort();
      await Promise.all([following, detector.close()]);
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
