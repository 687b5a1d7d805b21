import { type Config, startOfAuthority } from '../config/index.ts';
import {
  addressOctets,
  type Client,
  type DomainName,
  inNetworks,
  ipAddress,
  type RRset,
  type Serial,
} from '../dns/index.ts';
import type { Log, World } from '../runtime/index.ts';
import {
  type HistoryEntry,
  type HistoryLimits,
  Notifier,
  notifySocket,
  type RespondToTransfer,
  type Secondary,
  type TransferOutcome,
  type TransferZone,
  transferResponder,
  ZoneHistory,
  zoneDifference,
} from '../transfer/index.ts';
import type { Zone, ZoneDelta } from '../zone/index.ts';
import type { KnownZone } from './kept-history.ts';
import { isTransferOn, tsigKeys } from './options.ts';
import { type SecondaryReport, SecondaryReports } from './secondary-reports.ts';
import { TransferTurns } from './transfer-turns.ts';

/** Zone transfers and notifications, from the config and the zone. */
export interface Transfers {
  readonly respond: RespondToTransfer;
  readonly turns: TransferTurns;
  /** To be told of each version of the zone. */
  publish(delta: ZoneDelta): void;
  /** Notifies the secondaries once more: what they asked until now had an older zone. */
  announce(): void;
  /** What secondaries know of the zone now, oldest difference first. */
  entries(): readonly HistoryEntry[];
  counts(): ReadonlyMap<TransferOutcome, number>;
  secondaries(): readonly SecondaryReport[];
  close(): Promise<void>;
}

/** Strangers that get a line in the log: anybody can come from many addresses. */
const MOST_TOLD = 1000;

/** Makes them. `known` is what secondaries know from before a restart or a reload. */
export function makeTransfers(
  config: Config,
  zone: Zone,
  world: World,
  known: KnownZone | undefined,
): Transfers {
  const { clock, random, log } = world;
  const outcomes = outcomeCounts(log);
  const reports = new SecondaryReports(config.secondaries, clock);
  const current = currentVersion(config, zone);
  const history = new ZoneHistory(historyLimits(config), known?.entries);
  const socket = notifySocket();
  const told = { secondaries: notified(config), minGapMs: config.notifyGapSeconds * 1000 };
  const notifier = new Notifier({ ...told, zone: current, socket, clock, random });
  return {
    turns: new TransferTurns(config.transfersAtOnce),
    respond: transferResponder({
      keys: tsigKeys(config),
      mayTransfer: accessRule(config),
      zone: current,
      history,
      nowSeconds: () => Math.floor(clock.now() / 1000),
      onOutcome: outcomes.add,
      onSent: transfer => reports.add(transfer),
    }),
    publish: delta => {
      history.push(isFirst(delta) && known ? sinceKnown(known, delta) : delta, clock.now());
      notifier.zoneChanged();
    },
    announce: () => notifier.zoneChanged(),
    entries: () => history.entries,
    counts: () => outcomes.counts,
    secondaries: () => reports.list(notifier.status()),
    close: async () => {
      notifier.close();
      await socket.close();
    },
  };
}

/** Where nobody may transfer, the past is of no use, and a hundred megabytes of a busy cluster. */
function historyLimits(config: Config): HistoryLimits {
  return {
    maxRecords: isTransferOn(config) ? config.transferHistoryRecords : 0,
    maxAgeMs: config.transferHistorySeconds * 1000,
  };
}

/** Counts how transfers end, and logs it. */
function outcomeCounts(log: Log) {
  const counts = new Map<TransferOutcome, number>();
  const tell = outcomeLog(log);
  const add = (outcome: TransferOutcome, client: Client, tsigError?: string) => {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    tell(outcome, client, tsigError);
  };
  return { counts, add };
}

function isFirst({ from }: ZoneDelta): boolean {
  return from === undefined;
}

/** The first version is none to secondaries that know the zone from before. */
function sinceKnown({ serial, rrsets }: KnownZone, { to, added }: ZoneDelta): ZoneDelta {
  return rrsets
    ? zoneDifference(serial, rrsets, to, added)
    : { from: serial, to, removed: [], added: [] };
}

/** What secondaries do all the time. */
const QUIET: ReadonlySet<TransferOutcome> = new Set(['ixfr', 'up-to-date', 'needs-tcp']);

/** Who is turned away gives one line, however often it comes back; whole zones a line each. */
function outcomeLog(log: Log) {
  const told = new Set<string>();
  return (outcome: TransferOutcome, { address }: Client, tsigError?: string) => {
    const kind = `${outcome} ${address}`;
    const fields = { outcome, client: address, ...(tsigError && { error: tsigError }) };
    const isNews = !told.has(kind) && told.size < MOST_TOLD;
    if (QUIET.has(outcome)) log.debug('Sent a transfer', fields);
    else if (outcome === 'axfr' || outcome === 'ixfr-as-axfr') log.info('Sent a transfer', fields);
    else if (isNews) log.warn('Refused a transfer', fields);
    if (isNews) told.add(kind);
  };
}

/** The zone as it stands at each call. Transfers of one version share the list of its RRsets. */
function currentVersion(config: Config, zone: Zone): () => TransferZone | undefined {
  const { ttl: ttlSeconds } = config;
  const soa = startOfAuthority(config);
  let listed: Serial | undefined;
  let list: WeakRef<readonly RRset[]> | undefined;
  const rrsets = () => {
    const known = listed === zone.serial ? list?.deref() : undefined;
    if (known) return known;
    const all = zone.rrsets();
    listed = zone.serial;
    list = new WeakRef(all);
    return all;
  };
  return () => {
    const { origin, serial } = zone;
    return serial === undefined ? undefined : { origin, serial, ttlSeconds, soa, rrsets };
  };
}

function notified(config: Config): readonly Secondary[] {
  const keys = tsigKeys(config);
  return config.secondaries
    .filter(({ notify }) => notify)
    .map(({ address, key }) => ({
      address: address.host,
      port: address.port,
      key: keys.find(({ name }) => name === key),
    }));
}

/**
 * Nobody by default. A secondary that has a key must use it, from wherever it asks; one without is
 * known by its address; a network of `transferAcl` needs neither.
 */
function accessRule({ secondaries, transferAcl }: Config) {
  const isAllowed = inNetworks(transferAcl);
  return (client: Client, key: DomainName | undefined): boolean => {
    const address = ipAddress(client.address);
    if (!address) return false;
    if (key !== undefined && secondaries.some(secondary => secondary.key === key)) return true;
    const octets = addressOctets(address);
    const isKnown = secondaries.some(secondary => {
      return secondary.key === undefined && secondary.address.host === address.text;
    });
    return isKnown || isAllowed(octets, 0, octets.length === 4 ? 4 : 16);
  };
}
