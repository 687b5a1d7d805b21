import type { TaskAddresses } from './cluster-state.ts';
import { compact, field, labelValues, listField, textField } from './json-fields.ts';

/** What a status says of a running task. */
export interface RunningStatus {
  readonly addresses: TaskAddresses;
  /** Undefined without a health check. */
  readonly isHealthy: boolean | undefined;
}

const NO_ADDRESSES: TaskAddresses = { netinfo: [], docker: [], mesos: [] };
/** What is known of a task that never said TASK_RUNNING. */
export const NO_STATUS: RunningStatus = { addresses: NO_ADDRESSES, isHealthy: undefined };

/**
 * The newest of the statuses with state TASK_RUNNING: that with the greatest timestamp, where a
 * missing one counts as 0 and the first wins a tie. Others tell of other times: a TASK_STARTING
 * carries the agent's address where TASK_RUNNING has the container's.
 */
export function newestRunning(statuses: readonly unknown[]): RunningStatus {
  let newest: unknown;
  let newestAt = Number.NEGATIVE_INFINITY;
  for (const status of statuses) {
    const at = Number(field(status, 'timestamp') ?? 0);
    if (field(status, 'state') !== 'TASK_RUNNING' || !(at > newestAt)) continue;
    newest = status;
    newestAt = at;
  }
  return newest === undefined ? NO_STATUS : decodeStatus(newest);
}

/** Reads a status with state TASK_RUNNING. @throws {FieldError} When it has another form. */
export function decodeStatus(status: unknown): RunningStatus {
  const isHealthy = field(status, 'healthy');
  return {
    addresses: decodeAddresses(status),
    isHealthy: typeof isHealthy === 'boolean' ? isHealthy : undefined,
  };
}

function decodeAddresses(status: unknown): TaskAddresses {
  const networks = listField(field(status, 'container_status'), 'network_infos');
  const netinfo = compact(networks.flatMap(networkAddresses));
  const docker = labelAddress(status, 'Docker.NetworkSettings.IPAddress');
  const mesos = labelAddress(status, 'MesosContainerizer.NetworkSettings.IPAddress');
  const isEmpty = netinfo.length + docker.length + mesos.length === 0;
  return isEmpty ? NO_ADDRESSES : { netinfo, docker, mesos };
}

/** `ip_addresses` since 0.26; 0.25 has `ip_address` alone. */
function networkAddresses(network: unknown): readonly string[] {
  const listed = listField(network, 'ip_addresses');
  const entries = listed.length > 0 ? listed : [network];
  return entries.map(entry => textField(entry, 'ip_address')).filter(text => text !== '');
}

function labelAddress(status: unknown, key: string): readonly string[] {
  return compact(labelValues(status, key).filter(text => text !== ''));
}
