import type { Random } from '../runtime/index.ts';
import { uuid } from './model.ts';

/** How large a generated cluster is. */
export interface GeneratedShape {
  readonly tasks: number;
  /** Task names; each has its share of the tasks, from one instance to many. */
  readonly services: number;
  readonly agents: number;
}

/** A task of a generated state: everything its records are made of. */
export interface GeneratedTask {
  readonly name: string;
  readonly id: string;
  readonly agent: number;
  readonly address: string;
  readonly port: number;
}

/** A big cluster, told as octets: a state of 2.35 KB a task, as busy clusters have. */
export interface GeneratedCluster {
  readonly tasks: GeneratedTask[];
  readonly agents: readonly { readonly id: string; readonly address: string }[];
}

/** The one framework's id. */
export const FRAMEWORK_ID = '9d4cbf0e-3d5b-4f1b-9a55-0d9b7c1f2a10-0000';
/** What pads a task to its size: labels of the length that package metadata has. */
const METADATA_OCTETS = 1388;

/** Makes up a cluster, the same one for the same seed. */
export function generateCluster(shape: GeneratedShape, random: Random): GeneratedCluster {
  const agents = Array.from({ length: shape.agents }, (_, index) => ({
    id: `9d4cbf0e-3d5b-4f1b-9a55-0d9b7c1f2a10-S${index}`,
    address: `10.${1 + (index >> 16)}.${(index >> 8) & 0xff}.${index & 0xff}`,
  }));
  const tasks = Array.from({ length: shape.tasks }, (_, index) => {
    // Every service has one instance; the others spread unevenly, the first ones get more.
    const service = index < shape.services ? index : unevenly(shape.services, random);
    return generateTask(`svc-${service}`, index, shape.agents, random);
  });
  return { tasks, agents };
}

/** Gives `count` random tasks new addresses, ids and ports; their places in the list stay. */
export function changeTasks(cluster: GeneratedCluster, count: number, random: Random): number[] {
  const places = Array.from({ length: count }, () => random.below(cluster.tasks.length));
  for (const place of places) {
    const { name } = cluster.tasks[place];
    cluster.tasks[place] = generateTask(name, place, cluster.agents.length, random);
  }
  return places;
}

/** The body of `/state`, in pieces of at most some megabytes. */
export function* stateOctets(cluster: GeneratedCluster, pid: string): Generator<Buffer> {
  yield Buffer.from(stateHead(cluster, pid));
  for (let from = 0; from < cluster.tasks.length; from += 1000) {
    const tasks = cluster.tasks.slice(from, from + 1000).map(task => generatedTask(task, cluster));
    yield Buffer.from((from === 0 ? '' : ',') + tasks.join(','));
  }
  const end = '"unreachable_tasks":[],"completed_tasks":[],"offers":[],"executors":[]}';
  const rest = '"completed_frameworks":[],"orphan_tasks":[],"unregistered_frameworks":[]}';
  yield Buffer.from(`],${end}],${rest}`);
}

function unevenly(services: number, random: Random): number {
  return Math.floor(services * (random.uint32() / 2 ** 32) ** 1.5);
}

function generateTask(name: string, place: number, agents: number, random: Random): GeneratedTask {
  return {
    name,
    id: `${name}.instance-${uuid(random)}._app.1`,
    agent: random.below(agents),
    address: `10.${128 + (place >> 16)}.${(place >> 8) & 0xff}.${random.below(254) + 1}`,
    port: 31000 + random.below(1000),
  };
}

function stateHead({ agents }: GeneratedCluster, pid: string): string {
  const [, host, port] = /@(.*):(\d+)$/.exec(pid) ?? [];
  const slaves = agents.map(({ id, address }) => ({
    id,
    hostname: `agent-${address.replaceAll('.', '-')}.example`,
    port: 5051,
    attributes: {},
    pid: `slave(1)@${address}:5051`,
    registered_time: 1700000000.5,
    resources: { disk: 4096, mem: 65536, gpus: 0, cpus: 32, ports: '[31000-32000]' },
    active: true,
    version: '1.12.0',
  }));
  const head = {
    version: '1.12.0',
    start_time: 1700000000.5,
    elected_time: 1700000001.5,
    id: '9d4cbf0e-3d5b-4f1b-9a55-0d9b7c1f2a10',
    pid,
    hostname: host,
    activated_slaves: agents.length,
    leader: pid,
    leader_info: { id: '9d4cbf0e', pid, port: Number(port), hostname: host },
    slaves,
    recovered_slaves: [],
  };
  const framework = `{"id":"${FRAMEWORK_ID}","name":"marathon","active":true,"hostname":"10.0.0.1"`;
  return `${JSON.stringify(head).slice(0, -1)},"frameworks":[${framework},"tasks":[`;
}

/** A label's value: base64 of package metadata. */
export const METADATA = Buffer.alloc(METADATA_OCTETS * 0.75, 'package metadata ').toString(
  'base64',
);

function generatedTask(task: GeneratedTask, { agents }: GeneratedCluster): string {
  const { name, id, port, address } = task;
  const status = (state: string, timestamp: number, ip: string) => ({
    state,
    timestamp,
    container_status: {
      container_id: { value: id.slice(-43, -7) },
      network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address: ip }] }],
    },
  });
  return JSON.stringify({
    id,
    name,
    framework_id: FRAMEWORK_ID,
    executor_id: '',
    slave_id: agents[task.agent].id,
    state: 'TASK_RUNNING',
    resources: { disk: 0, mem: 128, gpus: 0, cpus: 0.1, ports: `[${port}-${port}]` },
    role: '*',
    statuses: [
      status('TASK_STARTING', 1700000002.5, agents[task.agent].address),
      status('TASK_RUNNING', 1700000003.5, address),
    ],
    labels: [{ key: 'DCOS_PACKAGE_METADATA', value: METADATA }],
    discovery: {
      visibility: 'FRAMEWORK',
      name,
      ports: { ports: [{ number: port, name: 'http', protocol: 'tcp' }] },
    },
  });
}
