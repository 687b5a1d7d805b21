import {
  FRAMEWORK_ID,
  type GeneratedCluster,
  type GeneratedTask,
  METADATA,
} from './generated-state.ts';
import type { JsonObject } from './model.ts';

const HEAD = '{"type":"SUBSCRIBED","subscribed":{"get_state":{"get_tasks":{"tasks":[';
const TAIL = ',"heartbeat_interval_seconds":15}}';
const TASKS_IN_A_PIECE = 1_000;

/**
 * The first record of a generated cluster's event stream, about 3 KB a task: the length in octets, a
 * line feed, and SUBSCRIBED, in pieces of at most some megabytes.
 */
export function subscribedOctets(cluster: GeneratedCluster): Buffer[] {
  const pieces = [...subscribedPieces(cluster)];
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return [Buffer.from(`${length}\n`), ...pieces];
}

/** What a master tells when `before` ends and `after` runs in its place. */
export function replacedEvents(
  before: GeneratedTask,
  after: GeneratedTask,
  cluster: GeneratedCluster,
): JsonObject[] {
  const status = statusJson(before, cluster, 'TASK_KILLED', undefined);
  const updated = { framework_id: id(FRAMEWORK_ID), status, state: 'TASK_KILLED' };
  return [
    { type: 'TASK_UPDATED', task_updated: updated },
    { type: 'TASK_ADDED', task_added: { task: taskJson(after, cluster) } },
  ];
}

function* subscribedPieces(cluster: GeneratedCluster): Generator<Buffer> {
  yield Buffer.from(HEAD);
  for (let from = 0; from < cluster.tasks.length; from += TASKS_IN_A_PIECE) {
    const tasks = cluster.tasks.slice(from, from + TASKS_IN_A_PIECE);
    const texts = tasks.map(task => JSON.stringify(taskJson(task, cluster)));
    yield Buffer.from((from === 0 ? '' : ',') + texts.join(','));
  }
  const rest = {
    get_executors: { executors: [] },
    get_frameworks: { frameworks: [frameworkJson()], completed_frameworks: [] },
    get_agents: { agents: cluster.agents.map(agentJson), recovered_agents: [] },
  };
  yield Buffer.from(`],"unreachable_tasks":[],"completed_tasks":[]},${inner(rest)}}`);
  yield Buffer.from(TAIL);
}

/** An object's members without its braces. */
function inner(object: JsonObject): string {
  return JSON.stringify(object).slice(1, -1);
}

function frameworkJson(): JsonObject {
  const info = { user: 'root', name: 'marathon', id: id(FRAMEWORK_ID), hostname: '10.0.0.1' };
  return { framework_info: info, active: true, connected: true, recovered: false };
}

function agentJson(agent: GeneratedCluster['agents'][number]): JsonObject {
  const hostname = `agent-${agent.address.replaceAll('.', '-')}.example`;
  return {
    agent_info: { hostname, port: 5051, id: id(agent.id) },
    active: true,
    version: '1.12.0',
    pid: `slave(1)@${agent.address}:5051`,
  };
}

function taskJson(task: GeneratedTask, cluster: GeneratedCluster): JsonObject {
  const { name, port, address } = task;
  const agent = cluster.agents[task.agent];
  return {
    name,
    task_id: id(task.id),
    framework_id: id(FRAMEWORK_ID),
    agent_id: id(agent.id),
    state: 'TASK_RUNNING',
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 128 } },
      { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: port, end: port }] } },
    ],
    statuses: [
      statusJson(task, cluster, 'TASK_STARTING', agent.address),
      statusJson(task, cluster, 'TASK_RUNNING', address),
    ],
    labels: { labels: [{ key: 'DCOS_PACKAGE_METADATA', value: METADATA }] },
    discovery: {
      visibility: 'FRAMEWORK',
      name,
      ports: { ports: [{ number: port, name: 'http', protocol: 'tcp' }] },
    },
  };
}

function statusJson(
  task: GeneratedTask,
  { agents }: GeneratedCluster,
  state: string,
  address: string | undefined,
): JsonObject {
  const infos = address && [{ ip_addresses: [{ protocol: 'IPv4', ip_address: address }] }];
  return {
    task_id: id(task.id),
    state,
    source: 'SOURCE_EXECUTOR',
    agent_id: id(agents[task.agent].id),
    timestamp: 1700000003.5,
    container_status: infos
      ? { container_id: id(task.id.slice(-43, -7)), network_infos: infos }
      : undefined,
  };
}

function id(value: string): JsonObject {
  return { value };
}
