/** A service of a made-up cluster: one running task for each address list. */
export interface ServiceSpec {
  readonly name: string;
  /** The container addresses of each instance; an empty list means the agent's own. */
  readonly instances: readonly (readonly string[])[];
  /** Host ports of each instance. */
  readonly ports?: readonly number[];
}

/**
 * The `/state` of a leading Mesos 1.12 master at `leader` with one framework, `marathon`, and one
 * agent for each instance of the largest service, at 10.9.1.1 and up.
 */
export function stateJson(leader: string, services: readonly ServiceSpec[]): Buffer {
  const agentCount = Math.max(1, ...services.map(({ instances }) => instances.length));
  const state = {
    version: '1.12.0',
    leader: `master@${leader}`,
    pid: `master@${leader}`,
    elected_time: 1_700_000_000,
    slaves: Array.from({ length: agentCount }, (_, index) => ({
      id: `20f4-S${index}`,
      hostname: `agent${index}.example`,
      pid: `slave(1)@10.9.${1 + (index >> 8)}.${index & 0xff}:5051`,
      active: true,
    })),
    recovered_slaves: [],
    frameworks: [
      {
        id: '20f4-0000',
        name: 'marathon',
        active: true,
        hostname: '',
        tasks: services.flatMap(tasks),
      },
    ],
    orphan_tasks: [],
  };
  return Buffer.from(JSON.stringify(state));
}

function tasks({ name, instances, ports = [] }: ServiceSpec) {
  return instances.map((addresses, index) => ({
    id: `${name}.${index}`,
    name,
    framework_id: '20f4-0000',
    slave_id: `20f4-S${index}`,
    state: 'TASK_RUNNING',
    resources:
      ports.length > 0 ? { ports: `[${ports.map(port => `${port}-${port}`).join(', ')}]` } : {},
    statuses: [
      {
        state: 'TASK_RUNNING',
        timestamp: 1_700_000_000 + index,
        container_status: {
          network_infos: [{ ip_addresses: addresses.map(ip_address => ({ ip_address })) }],
        },
      },
    ],
  }));
}
