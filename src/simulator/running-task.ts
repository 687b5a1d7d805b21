import type { Instance } from './fleet.ts';
import type { SimulatedFramework } from './model.ts';

/** What a task is and where, for whoever wants to compare it with answers. */
export interface RunningTask {
  readonly id: string;
  readonly name: string;
  readonly framework: string;
  readonly agentId: string;
  readonly agentAddress: string;
  readonly containerAddress: string;
  readonly hostPorts: readonly number[];
  /** Where the task's own HTTP server listens; empty unless tasks are served. */
  readonly urls: readonly string[];
}

/** An instance as `RunningTask` tells it. */
export function runningTask(
  { task, placement, servers }: Instance,
  frameworks: ReadonlyMap<string, SimulatedFramework>,
): RunningTask {
  return {
    id: task.id,
    name: task.name,
    framework: frameworks.get(task.frameworkId)?.name ?? '',
    agentId: task.agentId,
    agentAddress: placement.agent.address,
    containerAddress: placement.containerAddress,
    hostPorts: task.resources.ports,
    urls: servers.map(({ address, port }) => `http://${address}:${port}/`),
  };
}
