import type { Log } from '../runtime/index.ts';
import { followChildren, type Server, type ZooKeeperFault } from '../zookeeper/index.ts';
import { type AskingWorld, askingDetector } from './ask-detector.ts';
import type { HostPort } from './cluster-state.ts';
import { isSameHostPort } from './host-port.ts';
import type { LeaderDetector, LeaderReport, MakeLeaderDetector } from './leader-detector.ts';
import { isMasterNode, registeredMasters } from './master-info.ts';

/** Where the masters register: what `zk://user:password@h1:p,h2:p/path` says. */
export interface ZooKeeperSource {
  readonly servers: readonly Server[];
  readonly path: string;
  /** For the digest scheme: `user:password`. */
  readonly credentials?: string | undefined;
}

export interface DetectorWorld extends AskingWorld {
  readonly log: Log;
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
  world: DetectorWorld,
): MakeLeaderDetector {
  return onReport => {
    const { clock, random, log, names } = world;
    const fallBack = { asking: undefined as LeaderDetector | undefined, cancel: () => {} };
    let masters = configured;
    let last: LeaderReport | undefined;

    const report = (next: LeaderReport) => {
      if (last && isSameReport(last, next)) return;
      last = next;
      onReport(next);
    };
    const askMasters = () => {
      const asked = distinct([...masters, ...configured]);
      if (fallBack.asking || asked.length === 0) return;
      log.warn('no leader from ZooKeeper: asking the masters themselves');
      const make = askingDetector(asked, world);
      fallBack.asking = make(found => report({ ...found, masters }));
    };
    const startWaiting = () => {
      fallBack.cancel();
      fallBack.cancel = clock.after(PATIENCE_MS, askMasters);
    };
    const stopAsking = async () => {
      fallBack.cancel();
      const { asking } = fallBack;
      fallBack.asking = undefined;
      await asking?.close();
    };
    const onChildren = (children: ReadonlyMap<string, Uint8Array>) => {
      const registered = registeredMasters(children);
      if (registered.length === 0) {
        if (!fallBack.asking) startWaiting();
        if (!fallBack.asking) report({ leader: undefined, masters, fault: 'no-leader' });
        return;
      }
      void stopAsking();
      for (const { hostname, address } of registered) {
        if (hostname !== undefined) names.learn(hostname.toLowerCase(), address.host);
      }
      masters = registered.map(({ address }) => address);
      report({ leader: masters[0], masters });
    };
    const onAway = (fault: ZooKeeperFault) => {
      log.warn('ZooKeeper cannot be read; what it said last stays', { fault });
      startWaiting();
    };

    startWaiting();
    const isWanted = isMasterNode;
    const options = { ...source, isWanted, sessionMs: SESSION_MS };
    const resolve = names.resolve;
    const following = followChildren(options, { clock, random, resolve }, { onChildren, onAway });
    return {
      doubt: () => fallBack.asking?.doubt(),
      close: async () => {
        await Promise.all([following.close(), stopAsking()]);
      },
    };
  };
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
