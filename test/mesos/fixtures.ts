import type { MasterDirectory } from '../../src/mesos/master-client.ts';
import { MASTER_TIMEOUTS, type MasterClientOptions } from '../../src/mesos/master-client.ts';

/** Options of a client without TLS and credentials; time limits as in life, for a simulated clock. */
export const PLAIN_CLIENT: MasterClientOptions = {
  isSecure: false,
  tls: { isVerified: true },
  credentials: { kind: 'none' },
  timeouts: MASTER_TIMEOUTS,
  userAgent: 'Mesonym/test',
};

/** A directory in which every place is a master and names are those given. */
export function directoryOf(
  names: Readonly<Record<string, readonly string[]>> = {},
  masters: (host: string) => boolean = () => true,
): MasterDirectory {
  return {
    resolve: async host => names[host] ?? [],
    namesOf: () => [],
    isMaster: async ({ host }) => masters(host),
  };
}

/** A small `/state` of the leader with this pid: one agent, one framework, one running task a name. */
export function stateOf(pid: string, tasks: readonly string[], electedSeconds = 1_000): string {
  const agent = { id: 'A-S0', hostname: 'a0', pid: 'slave(1)@127.0.1.1:5051', active: true };
  const task = (name: string) => ({
    id: `${name}.1`,
    name,
    framework_id: 'F',
    slave_id: 'A-S0',
    state: 'TASK_RUNNING',
    resources: { ports: '[31000-31000]' },
    statuses: [{ state: 'TASK_RUNNING', timestamp: 1 }],
  });
  const framework = {
    id: 'F',
    name: 'marathon',
    hostname: '',
    active: true,
    tasks: tasks.map(task),
  };
  return JSON.stringify({
    version: '1.12.0',
    id: pid,
    pid,
    leader: pid,
    elected_time: electedSeconds,
    slaves: [agent],
    recovered_slaves: [],
    frameworks: [framework],
  });
}

/** The `/state` of a leader just elected: no agent has come back yet, all are in `recovered_slaves`. */
export function stateAfterElection(pid: string, electedSeconds: number): string {
  const known = JSON.parse(stateOf(pid, [], electedSeconds)) as {
    slaves: readonly { id: string }[];
  };
  const recovered = known.slaves.map(({ id }) => ({ id, hostname: 'a0', port: 5051 }));
  return JSON.stringify({ ...known, slaves: [], recovered_slaves: recovered, frameworks: [] });
}
