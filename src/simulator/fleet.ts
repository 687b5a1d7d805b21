import type { Random } from '../runtime/index.ts';
import { type Placement, portMappings } from './app-task.ts';
import type { MarathonApp } from './marathon-app.ts';
import type { SimulatedAgent, SimulatedTask } from './model.ts';
import { FIRST_PORT, LAST_PORT } from './resources.ts';
import { serveText, type TaskServer } from './task-server.ts';

/** A task as it really is, whatever a master knows of it. */
export interface Instance {
  task: SimulatedTask;
  readonly app: MarathonApp;
  readonly placement: Placement;
  /** Cut off with its agent: a scheduler has started, or will start, another one. */
  isLost: boolean;
  servers: readonly TaskServer[];
}

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

  /** Chooses ports and address; with `serve`, only such as can be listened at. */
  async place(app: MarathonApp, agent: SimulatedAgent, text: string | undefined) {
    const servers: TaskServer[] = [];
    const hostPorts: (number | undefined)[] = [];
    for (const { hostPort } of app.ports) {
      const wanted =
        hostPort === undefined ? undefined : await this.#port(agent, hostPort, hostPorts);
      const server = text && wanted && (await serveText(text, agent.address, wanted.port));
      if (server) servers.push(server);
      hostPorts.push(wanted?.port);
    }
    const placement = { agent, hostPorts, containerAddress: this.#containerAddress(app, agent) };
    if (text) servers.push(...(await serveContainerPorts(app, placement, text)));
    return { placement, servers };
  }

  forgetAddress({ placement }: Instance): void {
    this.#usedAddresses.delete(placement.containerAddress);
  }

  async #port(agent: SimulatedAgent, wanted: number, own: readonly (number | undefined)[]) {
    if (wanted !== 0) return { port: wanted };
    const used = new Set([...own, ...this.#usedPorts(agent)]);
    for (let port = FIRST_PORT; port <= LAST_PORT; port++) {
      if (used.has(port)) continue;
      if (this.#network === 'real') return { port };
      const probe = await serveText('', agent.address, port);
      await probe?.close();
      if (probe) return { port };
    }
    throw new Error(`Cannot place a task on ${agent.hostname}: all its ports are in use`);
  }

  #usedPorts({ id }: SimulatedAgent): number[] {
    return this.instancesOn(id).flatMap(({ task }) => [...task.resources.ports]);
  }

  #containerAddress(app: MarathonApp, agent: SimulatedAgent): string {
    if (app.network.mode === 'host') return agent.address;
    const number = Number(agent.address.split('.')[3]);
    const prefix = app.network.mode === 'bridge' ? BRIDGES : OVERLAY;
    for (let last = 2; last < 65_000; last++) {
      const address = `${prefix[this.#network]}.${number + (last >> 8)}.${last & 0xff}`;
      if (this.#usedAddresses.has(address)) continue;
      this.#usedAddresses.add(address);
      return address;
    }
    throw new Error(`Cannot place a task on ${agent.hostname}: all its addresses are in use`);
  }
}

async function serveContainerPorts(app: MarathonApp, placement: Placement, text: string) {
  if (app.network.mode === 'host') return [];
  const mapped = portMappings(app, placement).map(({ containerPort }) => containerPort);
  const open = app.ports.map(({ containerPort }) => containerPort).filter(port => port !== 0);
  const ports = new Set([...mapped, ...open]);
  const servers = [...ports].map(port => serveText(text, placement.containerAddress, port));
  return (await Promise.all(servers)).filter(server => server !== undefined);
}
