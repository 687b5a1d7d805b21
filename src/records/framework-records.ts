import type { ResourceRecord } from '../dns/index.ts';
import type { ClusterState, Framework } from '../mesos/index.ts';
import { hostAddresses } from './host-addresses.ts';
import {
  addAddresses,
  addService,
  type MadeRecords,
  NO_RECORDS,
  onlyFault,
} from './made-records.ts';
import { hiddenFramework } from './publish-rules.ts';
import type { NamingRules } from './rules.ts';
import { addInstances } from './service-discovery.ts';

/**
 * The records of a scheduler, active or not: its addresses at `fw.domain.`, and where its pid is
 * known its port at `_framework._tcp.fw.domain.`.
 */
export function frameworkRecords(
  framework: Framework,
  state: ClusterState,
  rules: NamingRules,
): MadeRecords {
  const hidden = hiddenFramework(framework, rules.publish);
  if (hidden) return { ...NO_RECORDS, hidden };
  const host = framework.pid?.host ?? framework.hostname;
  if (host === '') return NO_RECORDS;
  const addresses = hostAddresses(host, state);
  const what = `framework ${framework.name} at ${host}`;
  if (addresses.length === 0) return onlyFault('no-address', what);
  const labels = rules.fragment(framework.name);
  const owner = rules.nameBelow(labels);
  if (!owner) return onlyFault('name', what);
  const records: ResourceRecord[] = [];
  addAddresses(records, owner, addresses);
  if (framework.pid) {
    const service = rules.nameBelow(`_framework._tcp.${labels}`);
    addService(records, service, rules.rank, framework.pid.port, owner);
    addInstances(records, [service], labels.split('.')[0], rules);
  }
  return { records, faults: [] };
}
