import type { Config } from '../config/index.ts';
import type {
  ClusterFollower,
  FollowerStatus,
  StateKeeper,
  StateKeeperStatus,
} from '../mesos/index.ts';
import type { World } from '../runtime/index.ts';
import type { ServingState } from '../zone/index.ts';
import type { AnswerThreads } from './answer-threads.ts';
import { Ends } from './ends.ts';
import type { Publisher } from './publisher.ts';
import { Serving } from './serving.ts';
import type { Freshness } from './serving-state.ts';
import { stateKeeper } from './snapshot.ts';
import { type FollowingOptions, startFollowing } from './start-following.ts';

/** What is known only when everything else is made. */
export type FollowStart = Pick<FollowingOptions, 'version' | 'ownPlaces' | 'restored'>;

/** Who is told how the zone is served, and knows when it has it. */
export type Answering = Pick<AnswerThreads, 'serve' | 'settled'>;

/** What follows the cluster: the masters' updates published, judged for freshness, kept on the disk. */
export class Follow {
  readonly #config: Config;
  readonly #world: World;
  readonly #publisher: Publisher;
  readonly #threads: Answering | undefined;
  readonly #serving: Serving;
  readonly #keeper: StateKeeper | undefined;
  readonly #ready = Promise.withResolvers<void>();
  readonly #live = Promise.withResolvers<void>();
  readonly #ends = new Ends();
  #follower: ClusterFollower | undefined;
  #hasRestored = false;

  constructor(config: Config, world: World, publisher: Publisher, threads: Answering | undefined) {
    this.#config = config;
    this.#world = world;
    this.#publisher = publisher;
    this.#threads = threads;
    const tell = (state: ServingState) => {
      threads?.serve(state);
      // Until then the threads have a zone and answer SERVFAIL.
      if (state.kind !== 'starting') void this.#settled().then(this.#ready.resolve);
      if (state.kind === 'live') this.#live.resolve();
    };
    this.#serving = this.#ends.add(new Serving(() => this.#freshness(), config, tell, world));
    const current = () => publisher.state && { state: publisher.state, serial: publisher.serial };
    if (config.snapshotFile !== '') {
      this.#keeper = this.#ends.add(stateKeeper(config, current, world));
    }
  }

  /** Resolves when every thread answers from a first zone, be it the snapshot's. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Resolves when the masters have confirmed what is answered. */
  get live(): Promise<void> {
    return this.#live.promise;
  }

  get serving(): ServingState {
    return this.#serving.state;
  }

  start({ version, ownPlaces, restored }: FollowStart): void {
    this.#hasRestored = restored !== undefined;
    const follower = startFollowing(
      this.#config,
      this.#world,
      {
        version,
        ownPlaces,
        restored,
        onUpdate: update => {
          this.#publisher.update(update);
          this.#keeper?.changed();
          this.#serving.look();
        },
        onCondition: () => this.#serving.look(),
      },
      this.#ends,
    );
    this.#follower = follower;
    this.#serving.look();
  }

  /** Asks for the state now. */
  refresh(): void {
    this.#follower?.refresh();
  }

  status(): FollowerStatus {
    // Nobody asks before `start`, which sets it.
    return this.#follower!.status();
  }

  snapshot(): StateKeeperStatus | undefined {
    return this.#keeper?.status();
  }

  close(): Promise<void> {
    return this.#ends.close();
  }

  #freshness(): Freshness {
    const status = this.#follower?.status();
    // A first state is published while it is read, a moment before it counts as confirmed.
    const isKnown = this.#hasRestored || status?.ageMs !== undefined;
    return {
      hasZone: this.#publisher.state !== undefined && isKnown,
      isRecovering: status?.store.isRecovering ?? false,
      ageMs: status?.ageMs,
    };
  }

  #settled(): Promise<void> {
    return this.#threads?.settled() ?? Promise.resolve();
  }
}
