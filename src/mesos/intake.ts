import { isIP } from 'node:net';
import type { Log } from '../runtime/index.ts';
import type { ClusterState, ClusterUpdate, HostPort, TaskDetails } from './cluster-state.ts';
import { ClusterStore, type ClusterStoreOptions } from './cluster-store.ts';
import { EventDecoder } from './event-decoder.ts';
import type { BodyReader, OpenBody } from './load-state.ts';
import type { Leader } from './master-state.ts';
import type { ReadingMark } from './reading-mark.ts';
import { StateReader } from './state-reader.ts';

/** Where all that the masters say goes in; updates of the cluster come out. */
export interface Intake {
  /** Begins with what was known before, maybe long ago. */
  restore(state: ClusterState): void;
  /** A reader for the body of one `/state`: whole and good, it becomes the state of the cluster. */
  readonly openState: OpenBody;
  /** The same while a stream is followed; call it before the request goes out. */
  readonly beginReread: () => OpenBody;
  /**
   * A reader for an event stream.
   *
   * @param onSnapshot Called after the first record, with the seconds between heartbeats, if any.
   */
  openStream(
    leader: Leader,
    onSnapshot: (heartbeatSeconds: number | undefined) => void,
  ): BodyReader<void>;
  setMasters(masters: readonly HostPort[]): void;
  setHostAddresses(addresses: ReadonlyMap<string, readonly string[]>): void;
}

/** What the store needs beside `publish`. */
export type StoreWorld = Omit<ClusterStoreOptions, 'publish'>;

/**
 * @param onHosts Called with all host names in masters and pids, whenever they may have changed.
 * @param details What is read of each task beyond what all are asked for.
 */
export function openIntake(
  world: StoreWorld,
  onUpdate: (update: ClusterUpdate) => void,
  onHosts: (hosts: ReadonlySet<string>) => void,
  details?: TaskDetails,
): Intake {
  const publish = (update: ClusterUpdate) => {
    tell(update, onUpdate, world.log);
    if (touchesHosts(update)) onHosts(hostNames(update.state));
  };
  const store = new ClusterStore({ ...world, publish });
  const reader = new StateReader(store, details);
  const openWith = (mark?: ReadingMark) => () => {
    const body = reader.begin();
    return {
      write: (octets: Uint8Array) => body.write(octets),
      finish: () => store.replace(body.finish(), mark),
    };
  };
  return {
    restore: state => store.restore(state),
    openState: openWith(),
    beginReread: () => openWith(store.markReading()),
    openStream: (leader, onSnapshot) => {
      const decoder = new EventDecoder(reader, leader);
      return {
        write: octets => {
          const events = decoder.write(octets);
          if (events.length === 0) return;
          store.apply(events);
          const snapshot = events.find(event => event.kind === 'subscribed');
          if (snapshot) onSnapshot(snapshot.state.heartbeatSeconds);
        },
        finish: () => decoder.finish(),
      };
    },
    setMasters: masters => store.setMasters(masters),
    setHostAddresses: addresses => store.setHostAddresses(addresses),
  };
}

/**
 * The store tells a change once; one that could not be taken is told again, as a state without
 * past.
 */
function tell(update: ClusterUpdate, onUpdate: (update: ClusterUpdate) => void, log: Log): void {
  try {
    onUpdate(update);
  } catch (error) {
    log.error('a change of the cluster could not be taken; taking all anew', {
      error: String(error),
    });
    onUpdate({ ...update, touched: 'all' });
  }
}

function touchesHosts({ touched }: ClusterUpdate): boolean {
  if (touched === 'all' || touched.masters) return true;
  return touched.agents.size + touched.frameworks.size > 0;
}

/** The host names in a state; addresses are none. An agent without a pid is known by its hostname. */
function hostNames({ leader, masters, agents, frameworks }: ClusterState): ReadonlySet<string> {
  const hosts = new Set<string>();
  const add = (host: string | undefined) => {
    if (host && isIP(host) === 0) hosts.add(host);
  };
  for (const { host } of [leader, ...masters]) add(host);
  for (const { pid, hostname } of agents.values()) add(pid?.host ?? hostname);
  for (const { pid, hostname } of frameworks.values()) add(pid?.host ?? hostname);
  return hosts;
}
