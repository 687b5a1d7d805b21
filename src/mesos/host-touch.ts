import type { ClusterState } from './cluster-state.ts';
import { TouchedKeys } from './touched-keys.ts';

/** The masters, agents and frameworks on hosts whose addresses are others in `state` than before. */
export function touchHosts(
  before: ClusterState['hostAddresses'],
  state: ClusterState,
): TouchedKeys {
  const isChanged = (host: string) => !isSameList(before.get(host), state.hostAddresses.get(host));
  const touched = new TouchedKeys();
  touched.masters = state.masters.some(({ host }) => isChanged(host));
  for (const { id, pid, hostname } of state.agents.values()) {
    if (isChanged(pid?.host ?? hostname)) touched.agents.add(id);
  }
  for (const { id, pid, hostname } of state.frameworks.values()) {
    if (isChanged(pid?.host ?? hostname)) touched.frameworks.add(id);
  }
  return touched;
}

function isSameList(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
