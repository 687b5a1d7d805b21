import { isIP } from 'node:net';
import type { ClusterState, ClusterUpdate, HostPort } from './cluster-state.ts';
import { ClusterStore, type ClusterStoreOptions } from './cluster-store.ts';
import type { BodyReader } from './load-state.ts';
import { StateReader } from './state-reader.ts';

/** Where all that the masters say goes in; updates of the cluster come out. */
export interface Intake {
  /** A reader for the body of one `/state`: whole and good, it becomes the state of the cluster. */
  readonly openState: () => BodyReader<void>;
  setMasters(masters: readonly HostPort[]): void;
  setHostAddresses(addresses: ReadonlyMap<string, readonly string[]>): void;
}

/**
 * @param world What the store needs beside `publish`.
 * @param onHosts Called with all host names in masters and pids, whenever they may have changed.
 */
export function openIntake(
  world: Omit<ClusterStoreOptions, 'publish'>,
  onUpdate: (update: ClusterUpdate) => void,
  onHosts: (hosts: ReadonlySet<string>) => void,
): Intake {
  const publish = (update: ClusterUpdate) => {
    onUpdate(update);
    if (touchesHosts(update)) onHosts(hostNames(update.state));
  };
  const store = new ClusterStore({ ...world, publish });
  const reader = new StateReader(store);
  return {
    openState: () => {
      const body = reader.begin();
      return {
        write: octets => body.write(octets),
        finish: () => store.replace(body.finish()),
      };
    },
    setMasters: masters => store.setMasters(masters),
    setHostAddresses: addresses => store.setHostAddresses(addresses),
  };
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
