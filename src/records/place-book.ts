import type { IpAddress } from '../dns/index.ts';
import type { AgentId, ClusterState, ClusterUpdate, Task, TaskKey } from '../mesos/index.ts';
import { agentAddresses, distinctAddresses } from './host-addresses.ts';
import { agentPlace, commonPlace, type NamedPlace, type PlaceRules } from './place.ts';

/**
 * Where an address is, in numbers that are equal where the agent, the zone or the region is the same; 0
 * is unknown.
 */
export interface NumberedPlace {
  readonly agent: number;
  readonly zone: number;
  readonly region: number;
}

/** Addresses by their canonical text, and where they are now; undefined for those that are gone. */
export type PlaceChanges = Iterable<readonly [address: string, place: NumberedPlace | undefined]>;

/** The addresses of an agent, or of a task, and where that is. */
interface Claim {
  readonly isAgent: boolean;
  readonly place: NamedPlace;
  readonly addresses: readonly IpAddress[];
}

/**
 * Turns updates of the cluster into changes of places, computing anew only what an update touches. An
 * agent's addresses are where it is; so are all addresses that its tasks say they have, but those that
 * tasks of several agents have are only where all of these are.
 */
export class PlaceBook {
  readonly #rules: PlaceRules;
  readonly #agents = new Map<AgentId, Claim>();
  readonly #tasks = new Map<TaskKey, Claim>();
  readonly #byAddress = new Map<string, Set<Claim>>();
  readonly #numbers = { agent: numbers(), zone: numbers(), region: numbers() };

  constructor(rules: PlaceRules) {
    this.#rules = rules;
  }

  /** The number that a place has in everything that comes out of this book. */
  numbered({ agent, zone, region }: NamedPlace): NumberedPlace {
    const { agent: agentOf, zone: zoneOf, region: regionOf } = this.#numbers;
    const wholeZone = zone === '' ? '' : `${region.length} ${region}${zone}`;
    return { agent: agentOf(agent), zone: zoneOf(wholeZone), region: regionOf(region) };
  }

  /** What an update means for places. To be walked before the next update. */
  update({ state, touched }: ClusterUpdate): PlaceChanges {
    const addresses = new Set<string>();
    const isAll = touched === 'all';
    const agents = isAll ? keysOf(this.#agents, state.agents) : touched.agents;
    const tasks = isAll ? keysOf(this.#tasks, state.tasks) : touched.tasks;
    for (const id of agents) {
      this.#replace(this.#agents, id, this.#agentClaim(id, state), addresses);
    }
    for (const key of tasks) {
      this.#replace(this.#tasks, key, this.#taskClaim(state.tasks.get(key)), addresses);
    }
    return this.#placesOf(addresses);
  }

  /** Every address that is known. */
  all(): PlaceChanges {
    return this.#placesOf(this.#byAddress.keys());
  }

  *#placesOf(addresses: Iterable<string>): Generator<readonly [string, NumberedPlace | undefined]> {
    for (const address of addresses) {
      const claims = this.#byAddress.get(address);
      yield [address, claims && this.numbered(claimedPlace(claims))];
    }
  }

  #agentClaim(id: AgentId, state: ClusterState): Claim | undefined {
    const agent = state.agents.get(id);
    if (!agent) return undefined;
    const place = agentPlace(agent, state, this.#rules);
    return { isAgent: true, place, addresses: agentAddresses(agent, state) };
  }

  /** A task of an agent that is not there is nowhere. */
  #taskClaim(task: Task | undefined): Claim | undefined {
    const place = task && this.#agents.get(task.agentId)?.place;
    if (!place) return undefined;
    return { isAgent: false, place, addresses: containerAddresses(task) };
  }

  #replace<Key>(
    claims: Map<Key, Claim>,
    key: Key,
    claim: Claim | undefined,
    touched: Set<string>,
  ): void {
    const before = claims.get(key);
    if (areEqual(before, claim)) return;
    for (const { text } of before?.addresses ?? []) this.#forget(text, before, touched);
    for (const { text } of claim?.addresses ?? []) {
      const all = this.#byAddress.get(text) ?? new Set();
      // There is a claim, for it has addresses.
      this.#byAddress.set(text, all.add(claim!));
      touched.add(text);
    }
    if (claim) claims.set(key, claim);
    else claims.delete(key);
  }

  #forget(address: string, claim: Claim | undefined, touched: Set<string>): void {
    const all = this.#byAddress.get(address);
    if (claim) all?.delete(claim);
    if (all?.size === 0) this.#byAddress.delete(address);
    touched.add(address);
  }
}

/** Where an address is, by the state alone: for somebody who asks about one. */
export function placeOfAddress(
  address: IpAddress,
  state: ClusterState,
  rules: PlaceRules,
): NamedPlace {
  const has = ({ text }: IpAddress) => text === address.text;
  const agents = [...state.agents.values()];
  const owners = agents.filter(agent => agentAddresses(agent, state).some(has));
  const tasks = [...state.tasks.values()].filter(task => containerAddresses(task).some(has));
  const hosts = new Set(tasks.map(({ agentId }) => agentId));
  const found = owners.length > 0 ? owners : agents.filter(({ id }) => hosts.has(id));
  if (found.length > 0) return commonPlace(found.map(agent => agentPlace(agent, state, rules)));
  const located = rules.networkOf(address);
  return { agent: '', region: located?.region ?? '', zone: located?.zone ?? '' };
}

/** Agents know their own addresses best. */
function claimedPlace(claims: ReadonlySet<Claim>): NamedPlace {
  const own = [...claims].filter(({ isAgent }) => isAgent);
  return commonPlace((own.length > 0 ? own : [...claims]).map(({ place }) => place));
}

function containerAddresses({ addresses: { netinfo, docker, mesos } }: Task): readonly IpAddress[] {
  return distinctAddresses([...netinfo, ...docker, ...mesos]);
}

function areEqual(one: Claim | undefined, other: Claim | undefined): boolean {
  if (!one || !other) return one === other;
  const { agent, region, zone } = one.place;
  const isSamePlace =
    agent === other.place.agent && region === other.place.region && zone === other.place.zone;
  return (
    isSamePlace &&
    one.addresses.length === other.addresses.length &&
    one.addresses.every(({ text }, index) => text === other.addresses[index].text)
  );
}

function keysOf<Key>(one: ReadonlyMap<Key, unknown>, other: ReadonlyMap<Key, unknown>): Set<Key> {
  return new Set([...one.keys(), ...other.keys()]);
}

/** Gives each text a number, from 1 on and for good; the empty text is 0. */
function numbers(): (text: string) => number {
  const known = new Map<string, number>();
  return text => {
    if (text === '') return 0;
    const number = known.get(text) ?? known.size + 1;
    known.set(text, number);
    return number;
  };
}
