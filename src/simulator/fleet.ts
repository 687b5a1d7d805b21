import type { Random } from '../runtime/index.ts';
import type { Placement } from './app-task.ts';
import type { MarathonApp } from './marathon-app.ts';
import type { SimulatedAgent, SimulatedTask } from './model.ts';
import { FIRST_PORT, LAST_PORT } from './resources.ts';
import { isServing, serveText, type TaskServer } from './task-server.ts';

/** A task as it really is, whatever a master knows of it. */
export interface Instance {
  task: SimulatedTask;
  readonly app: MarathonApp;
  readonly placement: Placement;
  /** Cut off with its agent: a scheduler has started, or will start, another one. */
  isLost: boolean;
  servers: readonly TaskServer[];
}

/** An agent as it really is, whatever a master knows of it. */
export interface FleetAgent {
  readonly agent: SimulatedAgent;
  isConnected: boolean;
  /** Ended tasks no master has heard of yet. */
  readonly untold: SimulatedTask[];
}

/** Networks of containers. On loopback when tasks are served, so that each address can be asked. */
const BRIDGES = { real: '172.17', served: '127.17' };
const OVERLAY = { real: '10.32', served: '127.32' };

/** The agents and what really runs on them. */
export class Fleet {
  readonly agents = new Map<string, FleetAgent>();
  readonly instances = new Set<Instance>();
  readonly #random: Random;
  readonly #network: keyof typeof BRIDGES;
  readonly #usedAddresses = new Set<string>();

  constructor(random: Random, isServed: boolean) {
    this.#random = random;
    this.#network = isServed ? 'served' : 'real';
  }

  addAgent(idPrefix: string): FleetAgent {
    const number = this.agents.size + 1;
    const agent: SimulatedAgent = {
      id: `${idPrefix}-S${number - 1}`,
      hostname: `agent${number}.mesos.test`,
      address: `127.0.${1 + (number >> 8)}.${number & 0xff}`,
      port: 5051,
      attributes: { rack: `r${number}` },
      faultDomain: placeOf(number),
    };
    const entry = { agent, isConnected: true, untold: [] };
    this.agents.set(agent.id, entry);
    return entry;
  }

  instancesOn(agentId: string): Instance[] {
    return [...this.instances].filter(({ task }) => task.agentId === agentId);
  }

  /** An agent for one more instance: the emptiest, another than `avoided` if there is one. */
  chooseAgent(app: MarathonApp, avoided: string | undefined): SimulatedAgent | undefined {
    const running = [...this.instances].filter(
      ({ isLost, app: other }) => !isLost && other === app,
    );
    const taken = new Set(running.map(({ task }) => task.agentId));
    const able = [...this.agents.values()].filter(
      ({ agent, isConnected }) => isConnected && !(app.isUniqueByHost && taken.has(agent.id)),
    );
    const others = able.filter(({ agent }) => agent.id !== avoided);
    const candidates = others.length > 0 ? others : able;
    const load = ({ agent }: FleetAgent) => this.instancesOn(agent.id).length;
    const least = Math.min(...candidates.map(load));
    const emptiest = candidates.filter(entry => load(entry) === least);
    return emptiest[this.#random.below(emptiest.length)]?.agent;
  }

  /** Chooses ports and address; with a text to serve, only such as can be listened at. */
  async place(app: MarathonApp, agent: SimulatedAgent, text: (() => string) | undefined) {
    const servers: TaskServer[] = [];
    const hostPorts: (number | undefined)[] = [];
    for (const { hostPort } of app.ports) {
      const used = [...hostPorts, ...this.#usedPorts(agent)];
      const found = hostPort && { port: hostPort, server: undefined };
      const given =
        hostPort === undefined ? undefined : found || (await freePort(agent, used, text));
      if (given?.server) servers.push(given.server);
      hostPorts.push(given?.port);
    }
    const serve = (address: string) => serveContainer(app, hostPorts, address, text);
    const { address, servers: inContainer } = await this.#containerAddress(app, agent, serve);
    const placement: Placement = { agent, hostPorts, containerAddress: address };
    return { placement, servers: [...servers, ...inContainer] };
  }

  forgetAddress({ placement }: Instance): void {
    this.#usedAddresses.delete(placement.containerAddress);
  }

  #usedPorts({ id }: SimulatedAgent): number[] {
    return this.instancesOn(id).flatMap(({ task }) => [...task.resources.ports]);
  }

  /** The first free address of the app's network at which `serve` finds nobody else. */
  async #containerAddress(
    app: MarathonApp,
    agent: SimulatedAgent,
    serve: (address: string) => Promise<readonly TaskServer[] | 'in use'>,
  ) {
    if (app.network.mode === 'host') return { address: agent.address, servers: [] };
    const number = Number(agent.address.split('.')[3]);
    const prefix = (app.network.mode === 'bridge' ? BRIDGES : OVERLAY)[this.#network];
    for (let last = 2; last < 0xffff; last++) {
      const address = `${prefix}.${(number + (last >> 8)) & 0xff}.${last & 0xff}`;
      if (this.#usedAddresses.has(address)) continue;
      const servers = await serve(address);
      if (servers === 'in use') continue;
      this.#usedAddresses.add(address);
      return { address, servers };
    }
    throw new Error(`Cannot place a task on ${agent.hostname}: all its addresses are in use`);
  }
}

/** Two agents to a zone, two zones to a region: the first three agents show every distance but one. */
function placeOf(number: number): SimulatedAgent['faultDomain'] {
  const zone = Math.floor((number - 1) / 2);
  const region = `region${1 + Math.floor(zone / 2)}`;
  return { region, zone: `${region}-${'ab'[zone % 2]}` };
}

/** The lowest port of an agent that is not used; served at once when there is a text to serve. */
async function freePort(
  agent: SimulatedAgent,
  used: readonly (number | undefined)[],
  text: (() => string) | undefined,
) {
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) {
    if (used.includes(port)) continue;
    if (text === undefined) return { port, server: undefined };
    const server = await serveText(text, agent.address, port);
    if (isServing(server)) return { port, server };
  }
  throw new Error(`Cannot place a task on ${agent.hostname}: all its ports are in use`);
}

/** Serves a container's own ports; one that this process may not take is left out. */
async function serveContainer(
  app: MarathonApp,
  hostPorts: readonly (number | undefined)[],
  address: string,
  text: (() => string) | undefined,
): Promise<readonly TaskServer[] | 'in use'> {
  if (text === undefined) return [];
  const ports = app.ports.map(({ containerPort }, index) => containerPort || hostPorts[index]);
  const wanted = [...new Set(ports)].filter(port => port !== undefined);
  const outcomes = await Promise.all(wanted.map(port => serveText(text, address, port)));
  const servers = outcomes.filter(isServing);
  if (!outcomes.includes('in use')) return servers;
  await Promise.all(servers.map(server => server.close()));
  return 'in use';
}
