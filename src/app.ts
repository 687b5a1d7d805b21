import { readFileSync } from 'node:fs';
import { type ZoneWatch, zoneWatch } from './api/index.ts';
import type { AppWorld, RunningApp } from './commands/index.ts';
import type { Config } from './config/index.ts';
import { type NamingRules, namingRules, type RecordBook, recordBook } from './records/index.ts';
import { sleep } from './runtime/index.ts';
import {
  type Answering,
  changedSettings,
  Ends,
  type Facts,
  Follow,
  makeTransfers,
  namingOptions,
  ownReach,
  Publisher,
  placeText,
  savedState,
  startAnswering,
  startHttp,
  startOfAuthority,
  type Transfers,
} from './wiring/index.ts';
import { CurrentZone, deltaSteps, type ZoneDelta } from './zone/index.ts';

/**
 * Builds every part from the config and starts it: the sockets first, so that a port that is taken
 * is said at once; then the answer threads, the following of the masters, and the HTTP API.
 *
 * @throws {ListenError} When an address cannot be had. Nothing is left running then.
 */
export async function startApp(config: Config, world: AppWorld): Promise<RunningApp> {
  const ends = new Ends();
  try {
    return await start(config, world, ends);
  } catch (error) {
    await ends.close();
    throw error;
  }
}

async function start(config: Config, world: AppWorld, ends: Ends): Promise<RunningApp> {
  const { clock, log } = world;
  const version = ownVersion();
  const saved = await savedState(config, world);
  const river = await openRiver(config, world, saved?.serial, ends);
  const { publisher, zone, book, answering, transfers } = river;
  const follow = ends.add(new Follow(config, world, publisher, answering?.threads));
  follow.start(version, saved?.state);
  let isClosing = false;
  const facts: Facts = {
    version,
    clock,
    startedMs: clock.monotonic(),
    zone: zone.zone,
    publisher,
    book,
    threads: answering?.threads,
    transfers: () => transfers.counts(),
    secondaries: () => transfers.secondaries(),
    serving: () => follow.serving,
    follower: () => follow.status(),
    snapshot: () => follow.snapshot(),
    isClosing: () => isClosing,
    processCounters: world.processCounters,
  };
  const http = config.httpOn ? await startHttp(config, world, river, facts, ends) : undefined;
  void follow.ready.then(() => log.info('ready', { serial: zone.zone.serial }));
  return {
    dns: (answering?.listeners.addresses ?? []).map(({ address: host, port }) => ({ host, port })),
    http: http && originOf(config, http),
    whenReady: () => follow.ready,
    refresh: () => follow.refresh(),
    reload: async next => changedSettings(config, next),
    close: async lameduckSeconds => {
      isClosing = true;
      await sleep(clock, lameduckSeconds * 1000);
      await ends.close();
    },
  };
}

/** From changes of the cluster to all who hear of a new version of the zone. */
interface River {
  readonly rules: NamingRules;
  readonly book: RecordBook;
  readonly zone: CurrentZone;
  readonly watch: ZoneWatch;
  readonly transfers: Transfers;
  readonly answering: Answering | undefined;
  readonly publisher: Publisher;
}

async function openRiver(
  config: Config,
  world: AppWorld,
  previousSerial: CurrentZone['zone']['serial'],
  ends: Ends,
): Promise<River> {
  const rules = namingRules(namingOptions(config));
  const book = recordBook(rules);
  const soa = startOfAuthority(config);
  const zone = new CurrentZone({ origin: config.domain, soa, previousSerial });
  const watch = ends.add(zoneWatch(zone.zone, world.clock));
  const transfers = ends.add(makeTransfers(config, zone.zone, world));
  const answering = config.dnsOn
    ? await startAnswering(config, world, zone.zone, transfers, ends)
    : undefined;
  const publish = (delta: ZoneDelta) => {
    answering?.threads.publish(deltaSteps(delta));
    watch.publish(delta);
    transfers.publish(delta);
  };
  const publisher = new Publisher({ zone, book, publish, ...world });
  publisher.take(book.reachAt(ownReach(config)));
  return { rules, book, zone, watch, transfers, answering, publisher };
}

function originOf(config: Config, http: { readonly address: string; readonly port: number }) {
  const scheme = config.pem.apiCertFile ? 'https' : 'http';
  return `${scheme}://${placeText({ host: http.address, port: http.port })}`;
}

function ownVersion(): string {
  const about = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(about, 'utf8')) as { version: string }).version;
}
