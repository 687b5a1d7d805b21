import {
  addressOctets,
  type InNetworks,
  type IpAddress,
  inNetworks,
  type Network,
} from '../dns/index.ts';
import type { Agent, ClusterState } from '../mesos/index.ts';
import { agentAddresses } from './host-addresses.ts';

/** Where an address is, by name; what is not known is empty. */
export interface NamedPlace {
  /** The machine, by the first of its agent's addresses: several agents may share one. */
  readonly agent: string;
  /** Zones of one name in two regions are two. */
  readonly region: string;
  readonly zone: string;
}

/** What of the config decides about places. */
export interface LocalityOptions {
  /** The attribute that names the zone of agents without a fault domain; empty for none. */
  readonly attribute: string;
  /** Where the addresses of networks are that nothing else is known of. */
  readonly networks: readonly LocatedNetwork[];
}

/** A network, and the region and zone it is in, either of them perhaps empty. */
export interface LocatedNetwork {
  readonly network: Network;
  readonly region: string;
  readonly zone: string;
}

/** The options with what follows from them. */
export interface PlaceRules extends LocalityOptions {
  /** Where an address is by its network alone: the longest prefix counts. */
  readonly networkOf: (address: IpAddress) => LocatedNetwork | undefined;
}

/** Of an address nothing is known of. */
const NOWHERE: NamedPlace = { agent: '', region: '', zone: '' };

/** Makes the rules; keep them for as long as the options hold. */
export function placeRules(options: LocalityOptions): PlaceRules {
  const compiled = options.networks
    .map((located): readonly [InNetworks, LocatedNetwork] => [
      inNetworks([located.network]),
      located,
    ])
    .sort(([, one], [, other]) => other.network.bits - one.network.bits);
  const networkOf = (address: IpAddress) => {
    const octets = addressOctets(address);
    const length = address.family === 4 ? 4 : 16;
    return compiled.find(([holds]) => holds(octets, 0, length))?.[1];
  };
  return { ...options, networkOf };
}

/**
 * Where an agent, and all that runs on it, is: by its fault domain, else by the attribute, else by the
 * network of its address.
 */
export function agentPlace(agent: Agent, state: ClusterState, rules: PlaceRules): NamedPlace {
  const [first] = agentAddresses(agent, state);
  const own = { agent: first?.text ?? '' };
  if (agent.faultDomain) return { ...own, ...agent.faultDomain };
  const zone = agent.attributes.find(([name]) => name === rules.attribute)?.[1];
  if (zone !== undefined) return { ...own, region: '', zone };
  const located = first && rules.networkOf(first);
  return { ...own, region: located?.region ?? '', zone: located?.zone ?? '' };
}

/**
 * What several places have in common: an address of a container network that each agent has for itself
 * (Docker's 172.17.0.2) is on no one agent, but perhaps in one zone.
 */
export function commonPlace(places: Iterable<NamedPlace>): NamedPlace {
  let common: NamedPlace | undefined;
  for (const place of places) {
    if (!common || common === place) common = place;
    else common = commonOfTwo(common, place);
  }
  return common ?? NOWHERE;
}

function commonOfTwo(one: NamedPlace, other: NamedPlace): NamedPlace {
  const agent = one.agent === other.agent ? one.agent : '';
  if (one.region !== other.region) return { agent, region: '', zone: '' };
  return { agent, region: one.region, zone: one.zone === other.zone ? one.zone : '' };
}
