import { aborted, type Clock, fullJitterBackoff, type World } from '../runtime/index.ts';
import { askingDetector } from './ask-detector.ts';
import type { ClusterState, ClusterUpdate, HostPort, TaskDetails } from './cluster-state.ts';
import { type Following, followLeader } from './follow-leader.ts';
import { type FollowerStatus, StatusKeeper } from './follower-status.ts';
import { type HostLookup, HostNames } from './host-names.ts';
import { isSameHostPort } from './host-port.ts';
import { type Intake, openIntake, type StoreWorld } from './intake.ts';
import type { LeaderDetector, LeaderReport } from './leader-detector.ts';
import { stateLoader } from './load-state.ts';
import {
  MASTER_TIMEOUTS,
  type MasterClient,
  type MasterClientOptions,
  masterClient,
} from './master-client.ts';
import { masterDirectory } from './master-directory.ts';
import { MasterError } from './master-error.ts';
import { makePause, type Pause } from './pause.ts';
import type { Polling } from './poll-leader.ts';
import { repeat } from './repeat.ts';
import { type SecondLook, secondLook } from './second-look.ts';
import type { Streaming } from './stream-leader.ts';
import { NEVER_STREAM, type StreamPolicy, streamPolicy } from './stream-policy.ts';
import { type ZooKeeperSource, zooKeeperDetector } from './zookeeper-detector.ts';

/** Whom to follow, and how. */
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
  /** What is read of each task beyond what all are asked for. */
  readonly details?: TaskDetails | undefined;
  /** The state to begin with, from the disk: stale until a master speaks. */
  readonly restored?: ClusterState | undefined;
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
 * Finds the leading master and follows it. A state given as `restored` is published before this
 * returns.
 *
 * @param onUpdate Called with every change of the cluster; never while an earlier call runs.
 * @param onCondition Called when the leader, the source, how far the state can be believed, or
 * whether it is live has changed.
 */
export function followCluster(
  options: FollowerOptions,
  world: World,
  onUpdate: (update: ClusterUpdate) => void,
  onCondition: (status: FollowerStatus) => void,
): ClusterFollower {
  return new Follower(options, world, onUpdate, onCondition);
}

class Follower implements ClusterFollower {
  readonly #closing = new AbortController();
  readonly #pause: Pause;
  readonly #status: StatusKeeper;
  readonly #doubts: SecondLook;
  readonly #intake: Intake;
  readonly #names: HostNames;
  readonly #client: MasterClient;
  readonly #policy: StreamPolicy;
  readonly #detector: LeaderDetector;
  readonly #running: Promise<void>;
  #followed: HostPort | undefined;
  #turn = new AbortController();

  constructor(
    options: FollowerOptions,
    world: World,
    onUpdate: (update: ClusterUpdate) => void,
    onCondition: (status: FollowerStatus) => void,
  ) {
    const { clock, random } = world;
    this.#pause = makePause(clock);
    this.#status = new StatusKeeper(options.masters, world, onCondition);
    const loadMs = () => this.#status.read().loadMs;
    this.#doubts = secondLook(clock, loadMs, () => this.#pause.end());
    this.#intake = this.#openIntake(options, world, onUpdate);
    this.#names = this.#makeNames(options, clock);
    this.#client = this.#makeClient(options, clock);
    this.#policy = options.source === 'poll' ? NEVER_STREAM : streamPolicy(clock, random);
    if (options.restored) this.#intake.restore(options.restored);
    this.#detector = this.#detect(options, world);
    const means = this.#means(options, world);
    this.#running = repeat(() => this.#followOne(means), world, this.#closing.signal);
  }

  refresh(): void {
    this.#pause.end();
  }

  status(): FollowerStatus {
    return this.#status.read();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#doubts.close();
    await Promise.all([this.#running, this.#detector.close()]);
    this.#names.close();
    await this.#client.close();
  }

  #openIntake(
    { details }: FollowerOptions,
    { clock, log }: World,
    onUpdate: (update: ClusterUpdate) => void,
  ): Intake {
    const store: StoreWorld = {
      clock,
      log,
      onDoubt: () => this.#doubts.doubt(),
      onCondition: condition => this.#status.store(condition),
    };
    return openIntake(store, onUpdate, hosts => this.#names.keep(hosts), details);
  }

  #makeNames({ lookup, masters }: FollowerOptions, clock: Clock): HostNames {
    const configured = masters.map(({ host }) => host);
    const onChange = () => this.#intake.setHostAddresses(this.#names.known());
    return new HostNames({ lookup, clock, configured, onChange });
  }

  #makeClient({ http, masters }: FollowerOptions, clock: Clock): MasterClient {
    const known = () => [...masters, ...this.#status.read().masters];
    const directory = masterDirectory(this.#names, masters, known);
    return masterClient({ ...http, timeouts: MASTER_TIMEOUTS }, clock, directory);
  }

  #detect({ masters, zooKeeper }: FollowerOptions, world: World): LeaderDetector {
    const detectorWorld = { ...world, client: this.#client, names: this.#names };
    const make = zooKeeper
      ? zooKeeperDetector(zooKeeper, masters, detectorWorld)
      : askingDetector(masters, detectorWorld);
    return make(report => this.#hear(report));
  }

  /**
   * While nobody is said to lead, the leader of before is followed as far as it goes. Where there is
   * none, a vain search is all that can be told.
   */
  #hear(report: LeaderReport): void {
    this.#intake.setMasters(report.masters);
    this.#status.leader(report);
    if (!report.leader) {
      if (!this.#followed) this.#status.failed(vainSearch(report));
      return;
    }
    this.#policy.leaderChanged();
    if (isSameHostPort(report.leader, this.#followed)) return;
    this.#followed = report.leader;
    this.#turn.abort();
  }

  #means(options: FollowerOptions, { clock, random, log }: World): Following {
    const status = this.#status;
    const intake = this.#intake;
    const backoff = fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, random);
    const snapshotMs = options.stateTimeoutSeconds * 1000;
    const common = { clock, client: this.#client, names: this.#names, status, backoff };
    const streaming: Streaming = { ...common, intake, snapshotMs };
    const polling: Polling = {
      clock,
      loader: stateLoader(this.#client, snapshotMs),
      status,
      backoff,
      pause: this.#pause,
      refreshMs: options.refreshSeconds * 1000,
      openBody: intake.openState,
      onDoubt: () => this.#detector.doubt(),
    };
    return { log, policy: this.#policy, streaming, polling };
  }

  async #followOne(means: Following): Promise<void> {
    this.#turn = new AbortController();
    const signal = AbortSignal.any([this.#turn.signal, this.#closing.signal]);
    if (this.#followed) await followLeader(means, this.#followed, signal);
    else await aborted(signal);
  }
}

function vainSearch({ fault = 'no-leader', reason = 'Nobody leads' }: LeaderReport): MasterError {
  return new MasterError(fault, reason);
}
