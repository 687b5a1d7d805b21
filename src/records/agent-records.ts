import type { ResourceRecord } from '../dns/index.ts';
import type { Agent, ClusterState } from '../mesos/index.ts';
import { agentAddresses } from './host-addresses.ts';
import { addAddresses, addService, type MadeRecords, type RecordFault } from './made-records.ts';
import type { NamingRules } from './rules.ts';
import { addInstances } from './service-discovery.ts';
import { agentTail } from './task-hash.ts';

/**
 * The records of an agent: its addresses at `slave.domain.`, its port at `_slave._tcp.domain.`. No
 * name belongs to one agent alone.
 */
export function agentRecords(agent: Agent, state: ClusterState, rules: NamingRules): MadeRecords {
  const owner = rules.nameBelow('slave');
  const addresses = agentAddresses(agent, state);
  const faults: RecordFault[] = [];
  const what = `agent ${agent.id} at ${agent.pid?.host ?? agent.hostname}`;
  if (addresses.length === 0) faults.push({ cause: 'no-address', what });
  const records: ResourceRecord[] = [];
  addAddresses(records, owner, addresses);
  if (agent.pid) {
    const service = rules.nameBelow('_slave._tcp');
    addService(records, service, rules.rank, agent.pid.port, owner);
    addInstances(records, [service], rules.label(`agent-${agentTail(agent.id)}`), rules);
  } else {
    faults.push({ cause: 'agent-pid', what });
  }
  return { records, faults };
}
