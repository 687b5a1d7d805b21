import type { ClusterEvent, TaskUpdated } from './cluster-event.ts';
import type { Agent, Framework, Task } from './cluster-state.ts';
import type { ClusterTables } from './cluster-tables.ts';
import { hasEnded } from './decode-task.ts';
import type { TouchedKeys } from './touched-keys.ts';

/**
 * Why the whole state should be read again soon: the stream has left something out.
 *
 * `task`: an update for a task nobody told us of; `status`: a status that lags behind the state, whose
 * successor is swallowed; `framework`: one that is new or changed, whose pid the stream does not tell,
 * or one that a task names and nobody told us of; `agent-lost`: an agent went away, of which the
 * stream says nothing; `agent-back`: an agent has come back after a failover, and some of its tasks
 * have not; `loss`: a great loss waits to be confirmed; `fault`: an event could not be read.
 */
export type Doubt =
  | 'task'
  | 'status'
  | 'framework'
  | 'agent-lost'
  | 'agent-back'
  | 'loss'
  | 'fault';

/** States by which a master says that it has lost sight of an agent. */
const AGENT_LOST = new Set(['TASK_UNREACHABLE', 'TASK_LOST', 'TASK_GONE_BY_OPERATOR']);

/**
 * Changes the tables as one event says.
 *
 * @returns Why the state should be read again, if it should.
 */
export function applyEvent(
  event: Exclude<ClusterEvent, { readonly kind: 'subscribed' }>,
  tables: ClusterTables,
  touched: TouchedKeys,
): Doubt | undefined {
  switch (event.kind) {
    case 'heartbeat':
      return undefined;
    case 'faults':
      return 'fault';
    case 'task-added':
      if (event.task) return addTask(event.task, tables, touched);
      tables.deleteTask(event.key, touched);
      return undefined;
    case 'task-updated':
      return updateTask(event, tables, touched);
    case 'agent-added':
      return addAgent(event.agent, tables, touched);
    case 'agent-removed':
      tables.deleteAgent(event.id, touched);
      return undefined;
    case 'framework-added':
      return addFramework(event.framework, tables, touched);
    case 'framework-removed':
      tables.deleteFramework(event.id, touched);
      return undefined;
    default:
      return event satisfies never;
  }
}

/** It may be known: an agent that comes back tells of all its tasks again. */
function addTask(task: Task, tables: ClusterTables, touched: TouchedKeys): Doubt | undefined {
  tables.setTask(task, touched);
  return tables.frameworks.has(task.frameworkId) ? undefined : 'framework';
}

function updateTask(
  { key, state, statusState, running }: TaskUpdated,
  tables: ClusterTables,
  touched: TouchedKeys,
): Doubt | undefined {
  const task = tables.task(key);
  if (hasEnded(state)) {
    tables.deleteTask(key, touched);
    return AGENT_LOST.has(state) ? 'agent-lost' : undefined;
  }
  if (!task) return 'task';
  tables.setTask({ ...task, state, ...running }, touched);
  return state === 'TASK_RUNNING' && statusState !== 'TASK_RUNNING' ? 'status' : undefined;
}

/** Its tasks come before it; those of frameworks that the master did not know come after it. */
function addAgent(agent: Agent, tables: ClusterTables, touched: TouchedKeys): Doubt | undefined {
  tables.setAgent(agent, touched);
  if (!tables.recoveredAgents?.delete(agent.id)) return undefined;
  let doubt: Doubt | undefined;
  for (const key of tables.tasksOfAgent(agent.id)) {
    if (!tables.held.has(key)) continue;
    tables.held.set(key, 'agent-back');
    doubt = 'agent-back';
  }
  return doubt;
}

/** The stream does not tell pids: the known one stays until a state is read. */
function addFramework(
  framework: Framework,
  tables: ClusterTables,
  touched: TouchedKeys,
): Doubt | undefined {
  const known = tables.framework(framework.id);
  tables.setFramework({ ...framework, pid: framework.pid ?? known?.pid }, touched);
  return tables.framework(framework.id) === known ? undefined : 'framework';
}
