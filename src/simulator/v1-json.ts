import type { FrameworkEntry, MasterEvent } from './master-event.ts';
import type { MasterView } from './master-view.ts';
import type { JsonObject, MasterIdentity, SimulatedAgent, SimulatedTask } from './model.ts';
import { allocatedV1, sumResources } from './resources.ts';
import { masterPid } from './v0-json.ts';
import {
  agentInfo,
  agentJson,
  frameworkEventJson,
  frameworkInfo,
  frameworkJson,
  id,
  statusJson,
  taskJson,
} from './v1-objects.ts';
import { BUILD, MASTER_CAPABILITIES } from './version.ts';

/** The event stream's sign of life. */
export const HEARTBEAT: JsonObject = { type: 'HEARTBEAT' };

/** The answer to a call of `/api/v1`; undefined for a call that is not simulated. */
export function callJson(
  type: string,
  master: MasterIdentity,
  view: MasterView,
): JsonObject | undefined {
  const content = callContent(type, master, view);
  return content && { type, [type.toLowerCase()]: content };
}

/** The first record of an event stream: everything there is. */
export function subscribedJson(view: MasterView, heartbeatSeconds: number): JsonObject {
  const subscribed = {
    get_state: getState(view),
    heartbeat_interval_seconds: heartbeatSeconds,
  };
  return { type: 'SUBSCRIBED', subscribed };
}

/** An event as its subscribers read it. */
export function eventJson(event: MasterEvent): JsonObject {
  return { type: event.type, [event.type.toLowerCase()]: eventContent(event) };
}

/** What a master writes about itself into ZooKeeper, and answers to GET_MASTER. */
export function masterInfoJson(master: MasterIdentity): JsonObject {
  const { hostname, address, port } = master;
  return {
    id: master.id,
    ip: ipAsLittleEndian(address),
    port,
    pid: masterPid(master),
    hostname,
    version: BUILD.version,
    address: { hostname, ip: address, port },
    capabilities: MASTER_CAPABILITIES.map(type => ({ type })),
  };
}

function callContent(
  type: string,
  master: MasterIdentity,
  view: MasterView,
): JsonObject | undefined {
  switch (type) {
    case 'GET_HEALTH':
      return { healthy: true };
    case 'GET_VERSION':
      return { version_info: BUILD };
    case 'GET_MASTER':
      return {
        master_info: masterInfoJson(master),
        start_time: master.startTime,
        elected_time: view.electedTime,
      };
    case 'GET_STATE':
      return getState(view);
    case 'GET_TASKS':
      return getTasks(view);
    case 'GET_AGENTS':
      return getAgents(view);
    case 'GET_FRAMEWORKS':
      return getFrameworks(view);
    default:
      return undefined;
  }
}

function getState(view: MasterView): JsonObject {
  return {
    get_tasks: getTasks(view),
    get_executors: { executors: [] },
    get_frameworks: getFrameworks(view),
    get_agents: getAgents(view),
  };
}

function getTasks(view: MasterView): JsonObject {
  return {
    tasks: [...view.tasks.values()].map(taskJson),
    unreachable_tasks: [...view.unreachableTasks.values()].map(taskJson),
    completed_tasks: view.completedTasks.map(taskJson),
  };
}

function getAgents(view: MasterView): JsonObject {
  return {
    agents: [...view.agents.values()].map(entry => agentJson(entry, tasksOn(entry.agent, view))),
    recovered_agents: [...view.recovered.values()].map(agentInfo),
  };
}

function getFrameworks(view: MasterView): JsonObject {
  const toJson = (entry: FrameworkEntry) => {
    const own = [...view.tasks.values()].filter(
      ({ frameworkId }) => frameworkId === entry.framework.id,
    );
    const allocated = allocatedV1(sumResources(own.map(({ resources }) => resources)));
    return { ...frameworkJson(entry), allocated_resources: allocated, offer_constraints: {} };
  };
  return {
    frameworks: [...view.frameworks.values()].map(toJson),
    completed_frameworks: view.completedFrameworks.map(toJson),
  };
}

function eventContent(event: MasterEvent): JsonObject {
  switch (event.type) {
    case 'TASK_ADDED':
      return { task: taskJson(event.task) };
    case 'TASK_UPDATED':
      return {
        framework_id: id(event.frameworkId),
        status: statusJson(event.status, event.taskId, event.agentId),
        state: event.state,
      };
    case 'AGENT_ADDED':
      return { agent: agentJson(event.agent, []) };
    case 'AGENT_REMOVED':
      return { agent_id: id(event.agentId) };
    case 'FRAMEWORK_ADDED':
    case 'FRAMEWORK_UPDATED':
      return { framework: frameworkEventJson(event.framework) };
    case 'FRAMEWORK_REMOVED':
      return { framework_info: frameworkInfo(event.framework.framework) };
    default:
      return event satisfies never;
  }
}

function tasksOn({ id: agentId }: SimulatedAgent, view: MasterView): SimulatedTask[] {
  return [...view.tasks.values()].filter(task => task.agentId === agentId);
}

/** The IPv4 address in network order, read as a little-endian number: 127.0.0.1 is 16777343. */
function ipAsLittleEndian(address: string): number {
  const octets = address.split('.').map(Number);
  return octets.length === 4 ? Buffer.from(octets).readUInt32LE() : 0;
}
