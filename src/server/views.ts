import {
  type AnswerInto,
  type ClientView,
  type DomainName,
  EXTENDED_ERROR,
  HEADER_OCTETS,
  type InNetworks,
  inNetworks,
  isAtOrBelowOctets,
  type Network,
  nameOctets,
  type Octets,
  RCODE,
} from '../dns/index.ts';
import type { Counters } from '../runtime/index.ts';
import { writeBareResponse } from './bare-response.ts';
import type { ServerCounter } from './counters.ts';

/** What some clients see of our zones, and no more. */
export interface View {
  readonly networks: readonly Network[];
  /** These names alone. */
  readonly names: readonly DomainName[];
  /** These names and all below them. */
  readonly domains: readonly DomainName[];
}

const REFUSAL = { rcode: RCODE.REFUSED, extendedError: EXTENDED_ERROR.PROHIBITED };
const MOST_LABEL_OCTETS = 63;

/**
 * Refuses (REFUSED, EDE 18) names of `zones` to clients whose view does not hold them, whether they
 * exist or not, and counts them. The first view with the client counts; one that is in none sees all.
 * Without views it gives back `answerInto` itself: no cost.
 */
export function restrictViews(
  answerInto: AnswerInto,
  views: readonly View[],
  zones: readonly DomainName[],
  client: ClientView,
  counters: Counters<ServerCounter>,
): AnswerInto {
  if (views.length === 0) return answerInto;
  const seen: readonly Seen[] = views.map(({ networks, names, domains }) => ({
    holdsClient: inNetworks(networks),
    names: names.map(nameOctets),
    domains: domains.map(nameOctets),
  }));
  const ours = zones.map(nameOctets);
  const { values, slot } = counters;
  return (query, start, end, response, at, limit) => {
    const view = viewOf(seen, client);
    const length = view ? questionLength(query, start, end) : 0;
    const nameAt = start + HEADER_OCTETS;
    if (
      view === undefined ||
      length === 0 ||
      !isWithin(query, nameAt, length, ours) ||
      isWithin(query, nameAt, length, view.domains) ||
      isOneOf(query, nameAt, length, view.names)
    ) {
      return answerInto(query, start, end, response, at, limit);
    }
    values[slot.refused_views]++;
    return writeBareResponse(query, start, end, response, at, REFUSAL);
  };
}

/** A view as the hot path reads it. */
interface Seen {
  readonly holdsClient: InNetworks;
  readonly names: readonly Octets[];
  readonly domains: readonly Octets[];
}

function viewOf(seen: readonly Seen[], { octets, at, length }: ClientView): Seen | undefined {
  for (const view of seen) if (view.holdsClient(octets, at, length)) return view;
  return undefined;
}

function isWithin(octets: Octets, at: number, length: number, domains: readonly Octets[]): boolean {
  for (const domain of domains) if (isAtOrBelowOctets(octets, at, length, domain)) return true;
  return false;
}

function isOneOf(octets: Octets, at: number, length: number, names: readonly Octets[]): boolean {
  for (const name of names) {
    if (name.length === length && isAtOrBelowOctets(octets, at, length, name)) return true;
  }
  return false;
}

/** Octets of the name of the one question; 0 where there is no such name, and so none to hide. */
function questionLength(query: Octets, start: number, end: number): number {
  if (query[start + 4] !== 0 || query[start + 5] !== 1) return 0;
  let at = start + HEADER_OCTETS;
  while (at < end && query[at] !== 0) {
    if (query[at] > MOST_LABEL_OCTETS) return 0;
    at += query[at] + 1;
  }
  return at < end ? at + 1 - start - HEADER_OCTETS : 0;
}
