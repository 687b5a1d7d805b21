import type { ClusterState, Task } from '../mesos/index.ts';
import type { NamingRules } from './rules.ts';
import { taskAddresses } from './task-addresses.ts';
import { isCounted } from './task-records.ts';
import { taskSources } from './task-sources.ts';

/** All tasks of one name in one framework, as one thing: what people call a service. */
export interface ServiceFacts {
  /** `web.marathon.mesos.`; as a text, for it may be no name that can be published. */
  readonly name: string;
  /** As the framework calls itself. */
  readonly framework: string;
  readonly instanceCount: number;
  /** Made when asked for. */
  readonly instances: () => readonly InstanceFacts[];
}

/** One running task of a service. */
export interface InstanceFacts {
  readonly taskId: string;
  /** The agent's host in its pid, or its host name. */
  readonly agent: string;
  readonly addresses: readonly string[];
  /** Discovery ports where there are any, else host ports. */
  readonly ports: readonly number[];
  readonly isHealthy: boolean | undefined;
}

/** The services of a state, in the order of their first tasks. */
export function servicesOf(state: ClusterState, rules: NamingRules): readonly ServiceFacts[] {
  const running = [...state.tasks.values()].filter(task => isCounted(task, state, rules));
  const frameworkOf = (task: Task) => state.frameworks.get(task.frameworkId)?.name ?? '';
  const byName = Map.groupBy(running, task => {
    const label = rules.label(task.discovery?.name ?? task.name);
    return `${label}.${rules.fragment(frameworkOf(task))}.${rules.domain}`;
  });
  return Array.from(byName, ([name, tasks]) => ({
    name,
    framework: frameworkOf(tasks[0]),
    instanceCount: tasks.length,
    instances: () => tasks.map(task => instanceFacts(task, state, rules)),
  }));
}

function instanceFacts(task: Task, state: ClusterState, rules: NamingRules): InstanceFacts {
  // Only tasks on known agents are counted.
  const agent = state.agents.get(task.agentId)!;
  const discovered = task.discovery?.ports.map(({ number }) => number) ?? [];
  const { addresses } = taskAddresses(task, agent, state, taskSources(task, rules).sources);
  return {
    taskId: task.id,
    agent: agent.pid?.host ?? agent.hostname,
    addresses: addresses.map(({ text }) => text),
    ports: discovered.length > 0 ? discovered : task.hostPorts,
    isHealthy: task.isHealthy,
  };
}
