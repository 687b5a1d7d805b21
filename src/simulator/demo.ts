import type { Clock, Random } from '../runtime/index.ts';
import { sleep } from '../runtime/index.ts';
import { type SimulatedCluster, startCluster } from './cluster.ts';
import type { MarathonAppJson } from './marathon-app.ts';
import { REAL_TIMINGS } from './timings.ts';

export interface DemoOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** What Marathon launches first; those of `config/apps`. */
  readonly apps: readonly MarathonAppJson[];
}

/** A cluster to play with, and what to say about it. */
export interface DemoCluster {
  readonly cluster: SimulatedCluster;
  /** `127.0.0.1:PORT` of every master. */
  readonly masters: readonly string[];
  /** Lines for a shell that work when pasted. `dns` and `http` are `HOST:PORT` of the server. */
  lines(dns: string, http: string): readonly string[];
  /** Does what a line says, as in `kill leader`, and tells what was done; `help` lists all. */
  command(line: string): Promise<string>;
  /** Lets something happen every `everyMs`, and tells it, until aborted. */
  play(everyMs: number, tell: (line: string) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Quicker than life, so that nobody waits: a failover takes two seconds instead of ten. */
const DEMO_TIMINGS = {
  ...REAL_TIMINGS,
  launchMs: 100,
  electionMs: 1_500,
  registryMs: 200,
  reregisterMs: 800,
  unreachableMs: 1_000,
  restartMs: 3_000,
};

/** Starts three masters, four agents and the apps, each task a small HTTP server. */
export async function startDemoCluster({ clock, random, apps }: DemoOptions): Promise<DemoCluster> {
  const timings = DEMO_TIMINGS;
  const cluster = await startCluster({ clock, random, agents: 4, serveTasks: true, timings });
  for (const app of apps) await cluster.launch(app);
  return {
    cluster,
    masters: cluster.addresses,
    lines: (dns, http) => demoLines(cluster, dns, http),
    command: line => obey(cluster, random, line),
    play: (everyMs, tell, signal) => play(cluster, { clock, random, everyMs, tell, signal }),
    close: () => cluster.close(),
  };
}

function demoLines(cluster: SimulatedCluster, dns: string, http: string): string[] {
  const [host, port] = splitHostPort(dns);
  const dig = `dig @${host} -p ${port} +short`;
  const names = [...new Set(cluster.running.map(({ name, framework }) => `${name}.${framework}`))];
  const [first = 'apache2.marathon'] = names;
  const service = `_${first.split('.')[0]}._tcp.${first.split('.').slice(1).join('.')}.mesos`;
  return [
    ...names.map(name => `${dig} ${name}.mesos`),
    `${dig} ${service} SRV`,
    `set -- $(${dig} ${service} SRV | head -1); curl http://$(${dig} $4 | head -1):$3/`,
    `curl http://${http}/v1/services/${service}.`,
    ...cluster.running.flatMap(({ urls: [url] }) => (url ? [`curl ${url}`] : [])),
    `${dig} leader.mesos`,
    `${dig} example.com`,
  ];
}

function splitHostPort(text: string): [string, string] {
  const at = text.lastIndexOf(':');
  return [text.slice(0, at).replace(/^\[|\]$/g, ''), text.slice(at + 1)];
}

interface Command {
  readonly usage: string;
  readonly pattern: RegExp;
  readonly run: (
    cluster: SimulatedCluster,
    random: Random,
    words: readonly string[],
  ) => Promise<string>;
}

const COMMANDS: readonly Command[] = [
  { usage: 'kill leader', pattern: /^kill leader$/, run: killLeader },
  { usage: 'kill task', pattern: /^kill task$/, run: killTask },
  { usage: 'lose agent', pattern: /^lose agent$/, run: loseAgent },
  { usage: 'scale APP N', pattern: /^scale (\S+) (\d+)$/, run: scale },
  { usage: 'list', pattern: /^list$/, run: list },
];

async function obey(cluster: SimulatedCluster, random: Random, line: string): Promise<string> {
  for (const { pattern, run } of COMMANDS) {
    const words = pattern.exec(line.trim());
    if (!words) continue;
    try {
      return await run(cluster, random, words.slice(1));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return `Commands: ${COMMANDS.map(({ usage }) => usage).join(', ')}`;
}

async function killLeader(cluster: SimulatedCluster): Promise<string> {
  const { leader } = cluster.masters;
  if (!leader) return 'No master leads at the moment';
  const { address, port } = leader.identity;
  await cluster.masters.kill();
  return `Killed the leading master ${address}:${port}; another one takes over`;
}

async function killTask(cluster: SimulatedCluster, random: Random): Promise<string> {
  const { running } = cluster;
  if (running.length === 0) return 'No task runs at the moment';
  const { id, name, agentAddress } = running[random.below(running.length)];
  await cluster.killTask(id);
  return `Killed a task of ${name} on ${agentAddress}; it comes back on another agent`;
}

async function loseAgent(cluster: SimulatedCluster, random: Random): Promise<string> {
  const used = [...new Set(cluster.running.map(({ agentId }) => agentId))];
  if (used.length === 0) return 'No agent runs a task at the moment';
  const id = used[random.below(used.length)];
  await cluster.loseAgent(id);
  await cluster.until(({ running }) => running.every(({ agentId }) => agentId !== id));
  await cluster.returnAgent(id);
  return `Agent ${id} lost its machine; its tasks start on others, it is back empty`;
}

async function scale(
  cluster: SimulatedCluster,
  _random: Random,
  [app, instances]: readonly string[],
): Promise<string> {
  await cluster.scale(app, Number(instances));
  return `${app} has ${instances} instances now, as far as there is room`;
}

async function list({ running, masters }: SimulatedCluster): Promise<string> {
  const leader = masters.leader?.identity;
  const head = leader ? `leader ${leader.address}:${leader.port}` : 'no leader';
  const tasks = running.map(({ name, agentAddress, hostPorts, containerAddress }) => {
    const ports = hostPorts.length > 0 ? `:${hostPorts.join(',')}` : '';
    return `${name} on ${agentAddress}${ports}, container ${containerAddress}`;
  });
  return [head, ...tasks].join('\n');
}

interface Play {
  readonly clock: Clock;
  readonly random: Random;
  readonly everyMs: number;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

const STORY = ['kill task', 'scale apache2 3', 'kill leader', 'scale apache2 2', 'lose agent'];

async function play(cluster: SimulatedCluster, options: Play): Promise<void> {
  const { clock, random, everyMs, tell, signal } = options;
  for (let step = 0; !signal.aborted; step++) {
    await sleep(clock, everyMs, signal);
    if (!signal.aborted) tell(await obey(cluster, random, STORY[step % STORY.length]));
  }
}
