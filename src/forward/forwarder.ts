import type { AnswerInto, ClientView, DomainName, EdnsSettings } from '../dns/index.ts';
import type { Handler } from '../handlers/index.ts';
import { CacheAnswers } from './cache-answer.ts';
import { CacheHits } from './cache-hits.ts';
import { ClientOpt } from './client-opt.ts';
import { Flights } from './flights.ts';
import { forwardHandler } from './forward-handler.ts';
import { DEFAULT_CAPS, type LifetimeCaps } from './lifetime.ts';
import { addressLookup, type ResolveAddresses } from './lookup.ts';
import { messageName, withAncestors } from './message-names.ts';
import { Resolver } from './resolver.ts';
import { ResponseCache } from './response-cache.ts';
import type { UpstreamStatus } from './upstream.ts';
import { makeUpstreams, type UpstreamSetOptions } from './upstream-set.ts';
import type { ForwardWorld } from './world.ts';

/** What forwarding is to do: plain data, fit to be posted to a thread. */
export interface ForwardOptions extends UpstreamSetOptions {
  /** The size of the cache in octets, its own overhead among them. */
  readonly cacheOctets: number;
  readonly caps?: LifetimeCaps;
  /** How long expired answers stand in while upstreams are dead, seconds. */
  readonly staleSeconds: number;
  /** The most questions on their way at once. */
  readonly maxInFlight: number;
  /** Zones that we answer for: of their names upstreams have nothing to say. */
  readonly ownZones: readonly DomainName[];
  /** Whether a response that was cut says so. */
  readonly setTruncateBit: boolean;
  /** What OPT records to clients say. */
  readonly edns: EdnsSettings;
}

/** Who may ask, and where the fast side sees who asks. */
export interface ForwardClients {
  /** The recursion ACL: others are refused. */
  readonly mayRecurse: (client: ClientView) => boolean;
  readonly view: ClientView;
}

/** Responses kept, and the octets they take as counted against the bound. */
export interface CacheSize {
  readonly entries: number;
  readonly octets: number;
}

/** Forwarding, running: sockets are opened when there is something to ask. */
export interface Forwarder {
  /** The slow path. */
  readonly handle: Handler;
  /** The fast path: fresh cache entries. */
  readonly answerInto: AnswerInto;
  readonly resolveAddresses: ResolveAddresses;
  /** Forgets the whole cache, or the responses for one name. */
  flush(name?: DomainName): void;
  /** How much the cache holds now. */
  cacheSize(): CacheSize;
  /** Every upstream, in the order of the configuration. */
  status(): readonly UpstreamStatus[];
  /** Those who wait get SERVFAIL. */
  close(): Promise<void>;
}

const WAITERS_PER_QUESTION = 10;

function isWithin(zones: readonly DomainName[]): (name: string) => boolean {
  const own = new Set(zones.map(messageName));
  return name => withAncestors(name).some(above => own.has(above));
}

/** Builds forwarding for one thread. */
export function makeForwarder(
  options: ForwardOptions,
  { mayRecurse, view }: ForwardClients,
  world: ForwardWorld,
): Forwarder {
  const upstreams = makeUpstreams(options, world);
  const cache = new ResponseCache(options.cacheOctets, world.random);
  const flights = new Flights({
    questions: options.maxInFlight,
    waiters: options.maxInFlight * WAITERS_PER_QUESTION,
  });
  const caps = options.caps ?? DEFAULT_CAPS;
  const isOwn = isWithin(options.ownZones);
  const resolver = new Resolver({ routes: upstreams.routes, cache, flights, caps, isOwn, world });
  const hits = new CacheHits(cache, world, options.staleSeconds * 1000, kept =>
    resolver.renew(kept),
  );
  const { edns: settings } = options;
  const { clock } = world;
  return {
    handle: forwardHandler({
      resolver,
      hits,
      opt: new ClientOpt(settings, clock),
      setTruncateBit: options.setTruncateBit,
      mayRecurse,
      isOwnQuery: (port, octets) => upstreams.all.some(one => one.isOwnQuery(port, octets)),
      world,
    }),
    answerInto: new CacheAnswers({ cache, hits, mayRecurse, client: view, settings, clock })
      .answerInto,
    resolveAddresses: addressLookup(resolver),
    flush: name => cache.flush(name),
    cacheSize: () => ({ entries: cache.entries, octets: cache.octets }),
    status: () => upstreams.all.map(upstream => upstream.status()),
    close: async () => {
      for (const upstream of upstreams.all) upstream.close();
    },
  };
}
