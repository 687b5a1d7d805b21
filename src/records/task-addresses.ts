import type { IpAddress } from '../dns/index.ts';
import type { Agent, ClusterState, Task } from '../mesos/index.ts';
import { agentAddresses, distinctAddresses } from './host-addresses.ts';
import type { IpSource } from './rules.ts';

/** The addresses of a task, and the source they come from; undefined when no source had any. */
export interface ChosenAddresses {
  readonly source: IpSource | undefined;
  readonly addresses: readonly IpAddress[];
}

/**
 * The first of `sources` that gives at least one valid address wins, and all its addresses of both
 * families count. Others are not mixed in.
 */
export function taskAddresses(
  task: Task,
  agent: Agent,
  state: ClusterState,
  sources: readonly IpSource[],
): ChosenAddresses {
  for (const source of sources) {
    const addresses = addressesFrom(source, task, agent, state);
    if (addresses.length > 0) return { source, addresses };
  }
  return { source: undefined, addresses: [] };
}

/** The valid addresses that one source gives for a task. */
export function addressesFrom(
  source: IpSource,
  task: Task,
  agent: Agent,
  state: ClusterState,
): readonly IpAddress[] {
  return source === 'host'
    ? agentAddresses(agent, state)
    : distinctAddresses(task.addresses[source]);
}
