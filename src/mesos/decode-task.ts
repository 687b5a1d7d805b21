import { type FrameworkId, type Task, type TaskDetails, taskKey } from './cluster-state.ts';
import { decodeAgentId } from './decode-agent.ts';
import { decodeLabels, decodePortMappings, decodeRole, NO_DETAILS } from './decode-details.ts';
import { decodeDiscovery } from './decode-discovery.ts';
import { decodeFrameworkId } from './decode-framework.ts';
import { decodePorts } from './decode-ports.ts';
import { NO_STATUS, newestRunning } from './decode-status.ts';
import {
  asObject,
  attempt,
  brief,
  field,
  idField,
  listField,
  type Report,
  textField,
} from './json-fields.ts';

/**
 * The states after which a task is no more, or is no longer where it was. A master lists such a task
 * until its framework has acknowledged the end.
 */
const ENDED = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNREACHABLE',
]);

/** Says whether a task in this state has ended, or is cut off from its master. */
export function hasEnded(state: string): boolean {
  return ENDED.has(state);
}

/**
 * Reads a task as `/state` or v1 writes it. A missing id or name is an empty one, as in Mesos-DNS.
 *
 * @param frameworkId The framework it stands under; its own field counts where there is none (v1).
 * @param details What is read beyond what every task is asked for.
 * @returns Undefined for a task that has ended, and for one that cannot be used, which is reported.
 */
export function decodeTask(
  json: unknown,
  frameworkId: FrameworkId | undefined,
  report: Report,
  details: TaskDetails = NO_DETAILS,
): Task | undefined {
  if (!asObject(json)) {
    report('task', brief(json));
    return undefined;
  }
  return attempt('task', json, report, () => {
    const state = textField(json, 'state');
    return hasEnded(state) ? undefined : liveTask(json, state, frameworkId, report, details);
  });
}

function liveTask(
  json: unknown,
  state: string,
  under: FrameworkId | undefined,
  report: Report,
  details: TaskDetails,
): Task {
  const frameworkId = under ?? decodeFrameworkId(json);
  const id = idField(json, 'id', 'task_id');
  const key = taskKey(frameworkId, id);
  const reportHere: Report = (cause, where) => report(cause, `task ${key}: ${where}`);
  const running = attempt('status', id, reportHere, () =>
    newestRunning(listField(json, 'statuses')),
  );
  const resources = field(json, 'resources');
  return {
    key,
    id,
    name: textField(json, 'name'),
    frameworkId,
    agentId: decodeAgentId(json),
    state,
    ...(running ?? NO_STATUS),
    hostPorts:
      attempt('port-range', id, reportHere, () => decodePorts(resources, reportHere)) ?? [],
    discovery: decodeDiscovery(field(json, 'discovery'), reportHere),
    labels: decodeLabels(json, details, reportHere),
    portMappings: decodePortMappings(json, details, reportHere),
    role: decodeRole(json, details, reportHere),
  };
}
