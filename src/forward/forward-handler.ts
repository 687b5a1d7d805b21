import {
  type ClientView,
  clientView,
  EXTENDED_ERROR,
  HEADER_OCTETS,
  makeResponse,
  type Octets,
  OPCODE,
  type Query,
  RCODE,
  RR_CLASS,
  RR_TYPE,
  showClient,
} from '../dns/index.ts';
import type { Handler } from '../handlers/index.ts';
import type { CacheHits } from './cache-hits.ts';
import type { ClientOpt } from './client-opt.ts';
import { isHelpful, type Landing } from './flights.ts';
import { type KeptResponse, NO_OPTIONS, passedOptions } from './kept-response.ts';
import { askFlags } from './question-key.ts';
import { type Ask, askFor, type Resolver } from './resolver.ts';
import { respond } from './respond.ts';
import type { UpstreamQuestion } from './upstream-query.ts';
import { count, type ForwardWorld } from './world.ts';

/** What the slow path of forwarding is made of. */
export interface HandlerParts {
  readonly resolver: Resolver;
  readonly hits: CacheHits;
  readonly opt: ClientOpt;
  readonly setTruncateBit: boolean;
  readonly mayRecurse: (client: ClientView) => boolean;
  /** Says whether the query is one of our own that came round. */
  readonly isOwnQuery: (port: number, octets: Octets) => boolean;
  readonly world: ForwardWorld;
}

/** A client waits so long for news of an answer that has expired (RFC 8767 section 5). */
const STALE_AFTER_MS = 1_800;

/** Questions about the connection or a whole zone: not for a resolver (RFC 6895 section 3.1). */
const FIRST_META_TYPE = RR_TYPE.TKEY;
const LAST_META_TYPE = 254;

/**
 * The slow path for names outside our zone: from the cache, else from upstreams. It passes on
 * whatever may not be forwarded: updates, notifications, transfers, other classes, names without an
 * upstream.
 */
export function forwardHandler(parts: HandlerParts): Handler {
  const { resolver, hits, mayRecurse, world } = parts;
  const client = clientView();
  return query => {
    if (!isForwardable(query) || !resolver.hasRoute(query.question.name)) return undefined;
    showClient(client, query.client);
    if (!mayRecurse(client)) {
      count(world, 'forward_refused');
      return refusal(query, EXTENDED_ERROR.PROHIBITED);
    }
    const question = questionOf(query);
    const known = question.options.length === 0 ? hits.look(question) : undefined;
    const ageMs = known ? hits.ageMs(known) : Number.POSITIVE_INFINITY;
    if (known && ageMs < known.lifetimeMs) {
      hits.hit(known, ageMs);
      return fromKept(parts, query, known, ageMs);
    }
    const ask = askFor(query.question.name, question);
    if (isLoop(parts, query, ask)) {
      count(world, 'forward_loops');
      return refusal(query, EXTENDED_ERROR.OTHER);
    }
    return fromUpstream(parts, query, ask, known && hits.isServable(known) ? known : undefined);
  };
}

function isForwardable({ opcode, question, edns }: Query): boolean {
  const isMeta = question.type >= FIRST_META_TYPE && question.type <= LAST_META_TYPE;
  const isPlain = opcode === OPCODE.QUERY && question.class === RR_CLASS.IN;
  return isPlain && !isMeta && question.type !== RR_TYPE.OPT && (edns?.version ?? 0) === 0;
}

/** A loop brings a question back while it is still on its way, from one of our own ports. */
function isLoop(parts: HandlerParts, query: Query, ask: Ask): boolean {
  return parts.resolver.isAsking(ask) && parts.isOwnQuery(query.client.port, query.octets);
}

function questionOf(query: Query): UpstreamQuestion {
  const { octets, question, edns } = query;
  return {
    octets: octets.subarray(HEADER_OCTETS, question.end),
    flags: askFlags(query),
    options: edns ? passedOptions(octets, edns.optionsAt, edns.optionsEnd) : NO_OPTIONS,
  };
}

function fromKept(
  parts: HandlerParts,
  query: Query,
  kept: KeptResponse,
  ageMs: number,
  extendedError?: number,
): Octets {
  const opt = parts.opt.record(query, kept.rcode, extendedError, kept.options);
  const response = respond(query, kept, Math.floor(ageMs / 1000), opt);
  if (!parts.setTruncateBit) response[2] &= 0xfd;
  return response;
}

function fromUpstream(
  parts: HandlerParts,
  query: Query,
  ask: Ask,
  stale: KeptResponse | undefined,
): Octets | Promise<Octets> {
  const { resolver, world } = parts;
  const failure = resolver.recentFailure(ask);
  if (failure) return fromLanding(parts, query, failure, stale);
  count(world, 'cache_misses');
  count(world, 'forwarded');
  if (stale && resolver.isHopeless(ask.name)) {
    if (!resolver.isAsking(ask)) resolver.resolve(ask, () => {});
    return fromStale(parts, query, stale);
  }
  return new Promise(settle => {
    const cancel = stale
      ? world.clock.after(STALE_AFTER_MS, () => settle(fromStale(parts, query, stale)))
      : () => {};
    resolver.resolve(ask, landing => {
      cancel();
      settle(fromLanding(parts, query, landing, stale));
    });
  });
}

function fromLanding(
  parts: HandlerParts,
  query: Query,
  landing: Landing,
  stale: KeptResponse | undefined,
): Octets {
  if (stale && !isHelpful(landing)) return fromStale(parts, query, stale);
  if (landing.kind === 'kept') {
    const response = fromKept(parts, query, landing.kept, 0);
    // Fresh from the upstream, AA is as the upstream said; a cache is no authority.
    response[2] |= landing.kept.octets[2] & 0x04;
    return response;
  }
  count(parts.world, 'forward_failed');
  const { extendedError } = landing;
  return makeResponse(query, { rcode: RCODE.SERVFAIL, recursionAvailable: true, extendedError });
}

function fromStale(parts: HandlerParts, query: Query, stale: KeptResponse): Octets {
  count(parts.world, 'cache_stale');
  const { STALE_ANSWER, STALE_NXDOMAIN } = EXTENDED_ERROR;
  const extendedError = stale.rcode === RCODE.NXDOMAIN ? STALE_NXDOMAIN : STALE_ANSWER;
  return fromKept(parts, query, stale, parts.hits.ageMs(stale), extendedError);
}

function refusal(query: Query, extendedError: number): Octets {
  return makeResponse(query, { rcode: RCODE.REFUSED, extendedError });
}
