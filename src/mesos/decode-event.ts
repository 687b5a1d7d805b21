import type { ClusterEvent } from './cluster-event.ts';
import { type AgentId, type FrameworkId, type TaskDetails, taskKey } from './cluster-state.ts';
import { decodeAgent } from './decode-agent.ts';
import { decodeFramework, decodeFrameworkId } from './decode-framework.ts';
import { decodeStatus } from './decode-status.ts';
import { decodeTask } from './decode-task.ts';
import {
  attempt,
  brief,
  FieldError,
  field,
  idField,
  type Report,
  textField,
} from './json-fields.ts';

/**
 * Reads an event of the stream other than SUBSCRIBED.
 *
 * @param details What is read of a task beyond what all are asked for.
 * @returns Undefined for one that cannot be used, or that nobody told us of; it is reported.
 */
export function decodeEvent(
  json: unknown,
  report: Report,
  details?: TaskDetails,
): ClusterEvent | undefined {
  return attempt('event', json, report, () => {
    const type = textField(json, 'type');
    switch (type) {
      case 'HEARTBEAT':
        return { kind: 'heartbeat' };
      case 'TASK_ADDED':
        return taskAdded(needed(json, 'task_added', 'task'), report, details);
      case 'TASK_UPDATED':
        return taskUpdated(needed(json, 'task_updated'), report);
      case 'AGENT_ADDED':
        return agentAdded(needed(json, 'agent_added', 'agent'), report);
      case 'AGENT_REMOVED':
        return agentRemoved(needed(json, 'agent_removed'));
      case 'FRAMEWORK_ADDED':
        return frameworkAdded(needed(json, 'framework_added', 'framework'), report);
      case 'FRAMEWORK_UPDATED':
        return frameworkAdded(needed(json, 'framework_updated', 'framework'), report);
      case 'FRAMEWORK_REMOVED':
        return frameworkRemoved(needed(json, 'framework_removed', 'framework_info'));
      case '':
        throw new FieldError('no type');
      default:
        report('event-type', brief(type));
        return undefined;
    }
  });
}

function taskAdded(json: unknown, report: Report, details?: TaskDetails): ClusterEvent | undefined {
  const key = taskKey(decodeFrameworkId(json), idField(json, 'id', 'task_id'));
  const faults: Parameters<Report>[] = [];
  const task = decodeTask(json, undefined, (...fault) => faults.push(fault), details);
  for (const fault of faults) report(...fault);
  const isUnusable = faults.some(([cause]) => cause === 'task');
  return isUnusable ? undefined : { kind: 'task-added', key, task };
}

/** Mesos 1.0 has no status in it, but the ids and the state beside each other. */
function taskUpdated(json: unknown, report: Report): ClusterEvent {
  const status = field(json, 'status');
  const key = taskKey(decodeFrameworkId(json), idField(status ?? json, 'id', 'task_id'));
  const statusState = textField(status, 'state');
  const state = textField(json, 'state') || statusState;
  if (state === '') throw new FieldError('no state');
  const running =
    statusState === 'TASK_RUNNING'
      ? attempt('status', key, report, () => decodeStatus(status))
      : undefined;
  return { kind: 'task-updated', key, state, statusState, running };
}

function agentAdded(json: unknown, report: Report): ClusterEvent | undefined {
  const agent = decodeAgent(json, report);
  return agent && { kind: 'agent-added', agent };
}

function agentRemoved(json: unknown): ClusterEvent {
  return { kind: 'agent-removed', id: idField(json, 'id', 'agent_id') as AgentId };
}

function frameworkAdded(json: unknown, report: Report): ClusterEvent | undefined {
  const framework = decodeFramework(json, report);
  return framework && { kind: 'framework-added', framework };
}

function frameworkRemoved(json: unknown): ClusterEvent {
  return { kind: 'framework-removed', id: idField(json, 'id', 'id') as FrameworkId };
}

/** The value at the end of a path of fields. @throws {FieldError} When it is missing. */
function needed(json: unknown, ...path: readonly string[]): unknown {
  const found = path.reduce(field, json);
  if (found === undefined) throw new FieldError(`no ${path.join('.')}`);
  return found;
}
