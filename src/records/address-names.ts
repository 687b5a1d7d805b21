import type { ResourceRecord } from '../dns/index.ts';
import type { Agent, ClusterState, Task } from '../mesos/index.ts';
import { addAddresses } from './made-records.ts';
import type { IpSource, NamingRules } from './rules.ts';
import { taskAddresses } from './task-addresses.ts';
import { AGENT_SOURCES, autoSources, CONTAINER_SOURCES } from './task-sources.ts';

/** Below the domain, behind the framework's labels. */
export const ADDRESS_ZONES = ['agentip', 'containerip', 'autoip'] as const;

/**
 * The addresses of a task by whose they are, whatever the config prefers (names as in dcos-net): its
 * agent's at `web.fw.agentip.domain.`, its container's at `web.fw.containerip.domain.`, and at
 * `web.fw.autoip.domain.` the one at which it can be reached.
 */
export function addressNameRecords(
  service: string,
  task: Task,
  agent: Agent,
  state: ClusterState,
  rules: NamingRules,
): readonly ResourceRecord[] {
  const records: ResourceRecord[] = [];
  const add = (zone: (typeof ADDRESS_ZONES)[number], sources: readonly IpSource[]) => {
    const { addresses } = taskAddresses(task, agent, state, sources);
    addAddresses(records, rules.nameBelow(`${service}.${zone}`), addresses);
  };
  add('agentip', AGENT_SOURCES);
  add('containerip', CONTAINER_SOURCES);
  add('autoip', autoSources(task));
  return records;
}
