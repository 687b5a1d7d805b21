import type { Cancel } from '../runtime/index.ts';
import {
  type ChildrenFollower,
  followChildren,
  type Server,
  type ZooKeeperFault,
} from '../zookeeper/index.ts';
import { type AskingWorld, askingDetector } from './ask-detector.ts';
import type { HostPort } from './cluster-state.ts';
import { isSameHostPort } from './host-port.ts';
import type { LeaderDetector, LeaderReport, MakeLeaderDetector } from './leader-detector.ts';
import { isMasterNode, type RegisteredMaster, registeredMasters } from './master-info.ts';

/** Where the masters register: what `zk://user:password@h1:p,h2:p/path` says. */
export interface ZooKeeperSource {
  readonly servers: readonly Server[];
  readonly path: string;
  /** For the digest scheme: `user:password`. */
  readonly credentials?: string | undefined;
}

/** What we ask for; shorter than Mesos's own 10 s would not tell us anything earlier. */
const SESSION_MS = 10_000;
/** ZooKeeper may be silent for so long before the masters are asked instead. */
const PATIENCE_MS = 3_000;

/**
 * Finds the leader in ZooKeeper. While ZooKeeper is away, or knows no master, the masters are asked
 * themselves: those it named last and those `configured`.
 */
export function zooKeeperDetector(
  source: ZooKeeperSource,
  configured: readonly HostPort[],
  world: AskingWorld,
): MakeLeaderDetector {
  return onReport => new ZooKeeperDetector(source, configured, world, onReport);
}

class ZooKeeperDetector implements LeaderDetector {
  readonly #configured: readonly HostPort[];
  readonly #world: AskingWorld;
  readonly #onReport: (report: LeaderReport) => void;
  readonly #registry: ChildrenFollower;
  /** Those registered last, by number; those configured before the first. */
  #masters: readonly HostPort[];
  #reported: LeaderReport | undefined;
  #asking: LeaderDetector | undefined;
  #cancel: Cancel = () => {};

  constructor(
    source: ZooKeeperSource,
    configured: readonly HostPort[],
    world: AskingWorld,
    onReport: (report: LeaderReport) => void,
  ) {
    const { clock, random, names } = world;
    this.#configured = configured;
    this.#world = world;
    this.#onReport = onReport;
    this.#masters = configured;
    this.#askSoon();
    this.#registry = followChildren(
      { ...source, isWanted: isMasterNode, sessionMs: SESSION_MS },
      { clock, random, resolve: names.resolve },
      {
        onChildren: children => this.#hear(registeredMasters(children)),
        onAway: fault => this.#miss(fault),
      },
    );
  }

  doubt(): void {
    this.#asking?.doubt();
  }

  async close(): Promise<void> {
    await Promise.all([this.#registry.close(), this.#stopAsking()]);
  }

  #hear(registered: readonly RegisteredMaster[]): void {
    if (registered.length === 0) {
      if (this.#asking) return;
      this.#askSoon();
      this.#report({ leader: undefined, masters: this.#masters, fault: 'no-leader' });
      return;
    }
    void this.#stopAsking();
    for (const { hostname, address } of registered) {
      if (hostname !== undefined) this.#world.names.learn(hostname.toLowerCase(), address.host);
    }
    this.#masters = registered.map(({ address }) => address);
    this.#report({ leader: this.#masters[0], masters: this.#masters });
  }

  #miss(fault: ZooKeeperFault): void {
    this.#world.log.warn('ZooKeeper cannot be read; what it said last stays', { fault });
    this.#askSoon();
  }

  #askSoon(): void {
    this.#cancel();
    this.#cancel = this.#world.clock.after(PATIENCE_MS, () => this.#askMasters());
  }

  #askMasters(): void {
    const asked = distinct([...this.#masters, ...this.#configured]);
    if (this.#asking || asked.length === 0) return;
    this.#world.log.warn('no leader from ZooKeeper: asking the masters themselves');
    const make = askingDetector(asked, this.#world);
    this.#asking = make(found => this.#report({ ...found, masters: this.#masters }));
  }

  async #stopAsking(): Promise<void> {
    this.#cancel();
    const asking = this.#asking;
    this.#asking = undefined;
    await asking?.close();
  }

  #report(next: LeaderReport): void {
    if (this.#reported && isSameReport(this.#reported, next)) return;
    this.#onReport(next);
    this.#reported = next; // Once it has been taken.
  }
}

function distinct(places: readonly HostPort[]): readonly HostPort[] {
  return places.filter((one, at) => at === places.findIndex(other => isSameHostPort(one, other)));
}

function isSameReport(one: LeaderReport, other: LeaderReport): boolean {
  return (
    isSameHostPort(one.leader, other.leader) &&
    one.fault === other.fault &&
    one.masters.length === other.masters.length &&
    one.masters.every((place, at) => isSameHostPort(place, other.masters[at]))
  );
}
