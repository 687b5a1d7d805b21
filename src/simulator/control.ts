import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, sleep } from '../runtime/index.ts';
import type { SimulatedCluster } from './cluster.ts';

/** Where the cluster can be asked, by HTTP, to let something happen. */
export interface ClusterControl {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Something that happens by `POST PATH`; words in capitals stand for what is given. */
export interface ControlRow {
  readonly path: string;
  readonly text: string;
  readonly act: (cluster: SimulatedCluster, ...given: readonly string[]) => unknown;
}

/** So long a caller waits; what takes longer goes on behind it. */
const PATIENCE_MS = 3_000;

/** All that can be asked for. */
export const CONTROLS: readonly ControlRow[] = [
  {
    path: '/leader/kill',
    text: 'the leading master dies; another one is elected',
    act: ({ masters }) => masters.kill(),
  },
  {
    path: '/leader/pause',
    text: 'the leading master hangs; another one is elected',
    act: ({ masters }) => masters.pause(),
  },
  {
    path: '/masters/kill',
    text: 'all masters die, and come back after some seconds',
    act: ({ masters }) => Promise.all(masters.list.map((_, index) => masters.kill(index))),
  },
  {
    path: '/masters/return',
    text: 'masters that died or hang come back at once',
    act: ({ masters }) =>
      Promise.all(
        masters.list.map(({ isPaused }, index) =>
          isPaused ? masters.resume(index) : masters.restart(index),
        ),
      ),
  },
  {
    path: '/zookeeper/lose',
    text: 'ZooKeeper is gone: no master leads',
    act: ({ masters }) => masters.loseZooKeeper(),
  },
  {
    path: '/zookeeper/return',
    text: 'ZooKeeper is back',
    act: ({ masters }) => masters.returnZooKeeper(),
  },
  {
    path: '/agents/NUMBER/lose',
    text: 'an agent is gone with its tasks; after some seconds they are started elsewhere',
    act: (cluster, number) => cluster.loseAgent(agentAt(cluster, number)),
  },
  {
    path: '/agents/NUMBER/return',
    text: 'it is back',
    act: (cluster, number) => cluster.returnAgent(agentAt(cluster, number)),
  },
  {
    path: '/apps/NAME/scale/INSTANCES',
    text: 'so many instances are wanted',
    act: (cluster, name, instances) => cluster.scale(name, countOf(instances)),
  },
  {
    path: '/apps/NAME/kill',
    text: 'one instance dies, and is started anew',
    act: (cluster, wanted) => {
      const victim = cluster.running.findLast(({ name }) => name === wanted);
      if (!victim) throw new Error(`Cannot kill an instance of ${wanted}: none runs`);
      return cluster.killTask(victim.id);
    },
  },
];

/** Serves the controls on a free port of loopback; `onAsked` is told of each that is used. */
export async function serveControl(
  cluster: SimulatedCluster,
  clock: Clock,
  onAsked: (row: ControlRow) => void,
): Promise<ClusterControl> {
  const server = createServer((request, response) => {
    void answer(request, cluster, clock, onAsked).then(reply => send(response, reply));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Reply {
  readonly status: number;
  readonly lines: readonly string[];
}

async function answer(
  { method, url = '/' }: IncomingMessage,
  cluster: SimulatedCluster,
  clock: Clock,
  onAsked: (row: ControlRow) => void,
): Promise<Reply> {
  if (url === '/') return { status: 200, lines: [...overview(cluster), '', ...usage()] };
  for (const row of CONTROLS) {
    const given = parametersOf(url, row.path);
    if (!given) continue;
    if (method !== 'POST')
      return { status: 405, lines: [`That happens by POST: curl -X POST ...${url}`] };
    onAsked(row);
    return await perform(row, given, cluster, clock);
  }
  return { status: 404, lines: [`Nothing is known by ${url}. What is:`, ...usage()] };
}

async function perform(
  { text, act }: ControlRow,
  given: readonly string[],
  cluster: SimulatedCluster,
  clock: Clock,
): Promise<Reply> {
  const done = new AbortController();
  try {
    const acting = Promise.resolve(act(cluster, ...given));
    await Promise.race([acting, sleep(clock, PATIENCE_MS, done.signal)]);
    return { status: 200, lines: [text, ...overview(cluster)] };
  } catch (error) {
    return { status: 409, lines: [error instanceof Error ? error.message : String(error)] };
  } finally {
    done.abort();
  }
}

/** What stands in `url` for the words in capitals of `path`; undefined when the two do not fit. */
function parametersOf(url: string, path: string): readonly string[] | undefined {
  const found = url.split('/');
  const wanted = path.split('/');
  const isGiven = (word: string) => /^[A-Z]+$/.test(word);
  const fits = (word: string, at: number) =>
    isGiven(word) ? found[at] !== '' : word === found[at];
  if (found.length !== wanted.length || !wanted.every(fits)) return undefined;
  return found.filter((_, at) => isGiven(wanted[at])).map(decodeURIComponent);
}

/** How the cluster is now, a line a thing. */
function overview(cluster: SimulatedCluster): readonly string[] {
  const masters = cluster.masters.list.map(({ identity, isAlive, isPaused, role }) => {
    const state = isPaused ? 'hangs' : isAlive ? role.kind : 'dead';
    return `master ${identity.address}:${identity.port} ${state}`;
  });
  const agents = cluster.agentIds.map((id, index) => {
    return `agent ${index + 1} ${cluster.isConnected(id) ? 'connected' : 'lost'}`;
  });
  const tasks = cluster.running.map(({ name, id }) => `task ${name} ${id}`);
  return [...masters, ...agents, ...tasks];
}

function usage(): readonly string[] {
  return CONTROLS.map(({ path, text }) => `POST ${path}: ${text}`);
}

/** Agents are numbered from 1. */
function agentAt({ agentIds }: SimulatedCluster, number: string): string {
  const id = agentIds[Number(number) - 1];
  if (id === undefined) throw new Error(`There is no agent ${number}, but 1 to ${agentIds.length}`);
  return id;
}

function countOf(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new Error(`${text} is no number of instances, 0 to 999`);
  return Number(text);
}

function send(response: ServerResponse, { status, lines }: Reply): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${lines.join('\n')}\n`);
}
