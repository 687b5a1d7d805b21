/** A cluster in few words. */
export interface FewWords {
  /** The address of the leader; its id is made of it. */
  readonly leader?: string;
  /** Unix seconds; undefined leaves it out. */
  readonly elected?: number | undefined;
  /** Ids of agents with their hosts. */
  readonly agents?: Readonly<Record<string, string>>;
  /** Ids of agents that have not come back; undefined before Mesos 1.2. */
  readonly recovered?: readonly string[] | undefined;
  /** Ids of frameworks, each with the ids of its running tasks and the agent of each. */
  readonly frameworks?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Tasks whose framework the master does not know, before Mesos 1.2: `F/a` and the agent. */
  readonly orphans?: Readonly<Record<string, string>>;
  /** Frameworks known from their tasks alone: without a pid. */
  readonly recoveredFrameworks?: readonly string[];
}

/** The body of a `/state` that says so. */
export function stateText(cluster: FewWords): Buffer {
  const { leader = '10.0.0.1', agents = {}, frameworks = {}, recovered, orphans = {} } = cluster;
  const pid = `master@${leader}:5050`;
  return Buffer.from(
    JSON.stringify({
      id: leader,
      pid,
      leader: pid,
      elected_time: cluster.elected,
      slaves: Object.entries(agents).map(([id, host]) => ({ id, pid: `slave(1)@${host}:5051` })),
      recovered_slaves: recovered?.map(id => ({ id, hostname: id, port: 5051 })),
      frameworks: Object.entries(frameworks).map(([id, tasks]) => ({
        ...frameworkText(id, cluster.recoveredFrameworks?.includes(id) ?? false),
        tasks: Object.entries(tasks).map(([task, agent]) => taskText(id, task, agent)),
      })),
      orphan_tasks: Object.entries(orphans).map(([key, agent]) => {
        const [framework, task] = key.split('/');
        return taskText(framework, task, agent);
      }),
    }),
  );
}

function frameworkText(id: string, recovered: boolean) {
  if (recovered) return { id, name: id, active: false, recovered };
  return { id, name: id, pid: `scheduler@${id.toLowerCase()}.example:1`, active: true, recovered };
}

function taskText(framework_id: string, id: string, slave_id: string) {
  return { id, name: id, framework_id, slave_id, state: 'TASK_RUNNING' };
}
