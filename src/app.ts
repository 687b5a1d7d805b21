import { readFileSync } from 'node:fs';
import { type ApiServer, startApi, type ZoneWatch, zoneWatch } from './api/index.ts';
import type { AppWorld, RunningApp } from './commands/index.ts';
import type { Config } from './config/index.ts';
import { FORWARD_COUNTERS, type Forwarder, makeForwarder } from './forward/index.ts';
import { type ClusterFollower, followCluster } from './mesos/index.ts';
import { type NamingRules, namingRules, recordBook } from './records/index.ts';
import { makeCounters, sleep } from './runtime/index.ts';
import { clientView, type Listeners, loadSystemCalls, openListeners } from './server/index.ts';
import {
  AnswerThreads,
  answerThreadOptions,
  apiGuard,
  apiSources,
  changedSettings,
  Ends,
  ednsSettings,
  type Facts,
  followerOptions,
  forwardOptions,
  makeTransfers,
  namingOptions,
  ownReach,
  Publisher,
  placeText,
  QueryRate,
  Serving,
  startOfAuthority,
  type Transfers,
} from './wiring/index.ts';
import { CurrentZone, deltaSteps, type ZoneDelta } from './zone/index.ts';

/** How long slow answers may still come once the sockets are closed. */
const DRAIN_MS = 2_000;

/** The running server; `whenReady` resolves when every thread answers from a first zone. */
export interface App extends RunningApp {
  whenReady(): Promise<void>;
}

/**
 * Builds every part from the config and starts it: the sockets first, so that a port that is taken
 * is said at once; then the answer threads, the HTTP API, and the following of the masters.
 *
 * @throws {ListenError} When an address cannot be had. Nothing is left running then.
 */
export async function startApp(config: Config, world: AppWorld): Promise<App> {
  const ends = new Ends();
  try {
    return await start(config, world, ends);
  } catch (error) {
    await ends.close();
    throw error;
  }
}

async function start(config: Config, world: AppWorld, ends: Ends): Promise<App> {
  const { clock, log } = world;
  const version = ownVersion();
  const rules = namingRules(namingOptions(config));
  const book = recordBook(rules);
  const zone = new CurrentZone({ origin: config.domain, soa: startOfAuthority(config) });
  const watch = ends.add(zoneWatch(zone.zone, clock));
  const transfers = ends.add(makeTransfers(config, zone.zone, world));
  const answering = config.dnsOn
    ? await startAnswering(config, world, zone, transfers, ends)
    : undefined;
  const threads = answering?.threads;
  const publish = (delta: ZoneDelta) => {
    threads?.publish(deltaSteps(delta));
    watch.publish(delta);
    transfers.publish(delta);
  };
  const publisher = new Publisher({ zone, book, publish, clock, log });
  publisher.take(book.reachAt(ownReach(config)));

  const ready = Promise.withResolvers<void>();
  const follower = ends.add(
    startFollowing(config, world, version, ends, {
      onUpdate: update => {
        const isFirst = publisher.state === undefined;
        publisher.update(update);
        serving.look();
        if (isFirst) void (threads?.settled() ?? Promise.resolve()).then(ready.resolve);
      },
      onCondition: () => serving.look(),
    }),
  );
  const freshness = () => {
    const { ageMs, store } = follower.status();
    return { hasZone: publisher.state !== undefined, isRecovering: store.isRecovering, ageMs };
  };
  const serving = ends.add(
    new Serving(freshness, config, state => threads?.serve(state), { clock, log }),
  );
  serving.look();
  let isClosing = false;
  const facts: Facts = {
    version,
    clock,
    startedMs: clock.monotonic(),
    zone: zone.zone,
    publisher,
    book,
    threads,
    transfers: () => transfers.counts(),
    secondaries: () => transfers.secondaries(),
    serving: () => serving.state,
    follower: () => follower.status(),
    isClosing: () => isClosing,
  };
  const api = config.httpOn ? await startHttp(config, world, rules, facts, watch, ends) : undefined;
  void ready.promise.then(() => log.info('ready', { serial: zone.zone.serial }));
  return {
    dns: (answering?.listeners.addresses ?? []).map(({ address, port }) => ({
      host: address,
      port,
    })),
    http:
      api &&
      `http${config.pem.apiCertFile ? 's' : ''}://${placeText({ host: api.address, port: api.port })}`,
    whenReady: () => ready.promise,
    refresh: () => follower.refresh(),
    reload: async next => changedSettings(config, next),
    close: async lameduckSeconds => {
      isClosing = true;
      await sleep(clock, lameduckSeconds * 1000);
      await ends.close();
    },
  };
}

interface Answering {
  readonly threads: AnswerThreads;
  readonly listeners: Listeners;
}

async function startAnswering(
  config: Config,
  { clock, random, log }: AppWorld,
  zone: CurrentZone,
  transfers: Transfers,
  ends: Ends,
): Promise<Answering> {
  const isBatched = config.udpMode !== 'portable';
  const systemCalls = await loadSystemCalls(reason => {
    if (isBatched) log.warn('No system calls by FFI: UDP goes through Node alone', { reason });
  });
  const threads: { started?: AnswerThreads } = {};
  const places = config.listeners.map(({ host, port }) => ({ address: host, port }));
  const listeners = ends.add(
    await openListeners(places, {
      threads: config.threads,
      systemCalls,
      clock,
      log,
      onChange: () => threads.started?.resocket(),
    }),
  );
  const ownPlaces = listeners.addresses.map(({ address, port }) =>
    placeText({ host: address, port }),
  );
  threads.started = await AnswerThreads.start({
    threads: config.threads,
    thread: answerThreadOptions(config, ownPlaces),
    listeners,
    zone: zone.zone,
    transfer: transfers.respond,
    clock,
    random,
    log,
  });
  const { started } = threads;
  ends.add({ close: () => started.close(DRAIN_MS) });
  log.info('answering', { places: ownPlaces, udp: started.udp, threads: config.threads });
  return { threads: started, listeners };
}

type FollowListener = {
  readonly onUpdate: Parameters<typeof followCluster>[2];
  readonly onCondition: Parameters<typeof followCluster>[3];
};

/** Host names of masters and agents are asked from the upstreams, never from ourselves. */
function startFollowing(
  config: Config,
  world: AppWorld,
  version: string,
  ends: Ends,
  { onUpdate, onCondition }: FollowListener,
): ClusterFollower {
  const forwarder = ends.add(ownForwarder(config, world));
  const lookup = async (host: string, signal: AbortSignal) => {
    const addresses = await forwarder.resolveAddresses(host, signal);
    return addresses.map(({ text }) => text);
  };
  return followCluster(followerOptions(config, lookup, version), world, onUpdate, onCondition);
}

function ownForwarder(config: Config, world: AppWorld): Forwarder {
  const counters = makeCounters(FORWARD_COUNTERS);
  const clients = { mayRecurse: () => false, view: clientView() };
  return makeForwarder(forwardOptions(config, [], ednsSettings(config)), clients, {
    ...world,
    counters,
  });
}

async function startHttp(
  config: Config,
  { clock, random, log }: AppWorld,
  rules: NamingRules,
  facts: Facts,
  watch: ZoneWatch,
  ends: Ends,
): Promise<ApiServer> {
  const rate = ends.add(new QueryRate(facts.threads, clock));
  const { apiCertFile: certificate, apiKeyFile: key } = config.pem;
  const api = ends.add(
    await startApi({
      address: config.httpListener,
      port: config.httpPort,
      sources: apiSources(config, rules, facts, rate),
      watch,
      guard: apiGuard(config),
      tls: certificate && key ? { certificate, key } : undefined,
      clock,
      random,
      log,
    }),
  );
  log.info('serving HTTP', { address: api.address, port: api.port });
  return api;
}

function ownVersion(): string {
  const about = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(about, 'utf8')) as { version: string }).version;
}
