import type { Config } from '../config/index.ts';
import {
  addressOctets,
  type Client,
  type DomainName,
  inNetworks,
  ipAddress,
} from '../dns/index.ts';
import type { Log, World } from '../runtime/index.ts';
import {
  GONE_REASONS,
  type GoneReason,
  type HistoryEntry,
  notifySocket,
  type RespondToTransfer,
  type TransferOutcome,
  transferResponder,
} from '../transfer/index.ts';
import type { Zone, ZoneDelta } from '../zone/index.ts';
import type { KnownZone } from './kept-history.ts';
import { tsigKeys } from './options.ts';
import type { SecondaryReport } from './secondary-reports.ts';
import { TransferTurns } from './transfer-turns.ts';
import { type KnownVersion, TransferredZone } from './transferred-zone.ts';

/** Zone transfers and notifications, from the config and the zones. */
export interface Transfers {
  readonly respond: RespondToTransfer;
  readonly turns: TransferTurns;
  /** To be told of each version of each zone. */
  publish(origin: DomainName, delta: ZoneDelta): void;
  /** What secondaries know of a zone now, oldest difference first. */
  entries(origin: DomainName): readonly HistoryEntry[];
  counts(): ReadonlyMap<TransferOutcome, number>;
  /** Why whole zones were given instead of differences. */
  gone(): ReadonlyMap<GoneReason, number>;
  secondaries(): readonly ZonesReport[];
  close(): Promise<void>;
}

/** A secondary, by the domain's zone, and by the reverse zones where there are any. */
export interface ZonesReport extends SecondaryReport {
  readonly reverseZones?: readonly ReverseReport[];
}

type ReverseReport = Pick<
  SecondaryReport,
  'state' | 'notifiedSerial' | 'acknowledgedSerial' | 'sent' | 'lastTransfer'
> & { readonly origin: DomainName };

/** Strangers that get a line in the log: anybody can come from many addresses. */
const MOST_TOLD = 1000;

/**
 * Makes them. `known` is what secondaries know from before a restart or a reload; `served` resolves
 * when whoever asks from now on is answered from the zones as they stand now.
 */
export function makeTransfers(
  config: Config,
  domain: Zone,
  reverse: readonly Zone[],
  world: World,
  known: KnownZone | undefined,
  served: () => Promise<void>,
): Transfers {
  const outcomes = outcomeCounts(world.log);
  const socket = notifySocket();
  const first = new TransferredZone(config, domain, socket, world, known, served);
  const others = reverse.map(zone => {
    const reverseKnown = knownReverse(known, zone.origin);
    return new TransferredZone(config, zone, socket, world, reverseKnown, served);
  });
  const zones = new Map([first, ...others].map(zone => [zone.origin, zone]));
  return {
    turns: new TransferTurns(config.transfersAtOnce),
    respond: transferResponder({
      keys: tsigKeys(config),
      mayTransfer: accessRule(config),
      zoneAt: origin => zones.get(origin),
      nowSeconds: () => Math.floor(world.clock.now() / 1000),
      onOutcome: outcomes.add,
      onSent: transfer => zones.get(transfer.origin)?.sent(transfer),
    }),
    publish: (origin, delta) => zones.get(origin)?.publish(delta),
    entries: origin => zones.get(origin)?.history.entries ?? [],
    counts: () => outcomes.counts,
    gone: () => outcomes.gone,
    secondaries: () => reportOf(first, others),
    close: async () => {
      for (const zone of zones.values()) zone.close();
      await socket.close();
    },
  };
}

/** Only a reload knows the records of reverse zones: after a restart they are transferred whole. */
function knownReverse(known: KnownZone | undefined, origin: DomainName): KnownVersion | undefined {
  const found = known?.reverse?.find(zone => zone.origin === origin);
  return found?.rrsets && { serial: found.serial, entries: [], rrsets: found.rrsets };
}

function reportOf(
  first: TransferredZone,
  others: readonly TransferredZone[],
): readonly ZonesReport[] {
  const reverse = others.map(zone => ({ origin: zone.origin, all: zone.secondaries() }));
  return first.secondaries().map((own, index) => ({
    ...own,
    ...(reverse.length > 0 && {
      reverseZones: reverse.map(({ origin, all }) => ({ origin, ...aboutZone(all[index]) })),
    }),
  }));
}

function aboutZone(report: SecondaryReport): Omit<ReverseReport, 'origin'> {
  const { state, notifiedSerial, acknowledgedSerial, sent, lastTransfer } = report;
  return { state, notifiedSerial, acknowledgedSerial, sent, lastTransfer };
}

/** Counts how transfers end, and logs it. */
function outcomeCounts(log: Log) {
  const counts = new Map<TransferOutcome, number>();
  const gone = new Map<GoneReason, number>();
  const tell = outcomeLog(log);
  const add = (outcome: TransferOutcome, client: Client, why?: string) => {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    const reason = GONE_REASONS.find(each => each === why);
    if (reason) gone.set(reason, (gone.get(reason) ?? 0) + 1);
    tell(outcome, client, why);
  };
  return { counts, gone, add };
}

/** What secondaries do all the time. */
const QUIET: ReadonlySet<TransferOutcome> = new Set(['ixfr', 'up-to-date', 'needs-tcp']);

/** Who is turned away gives one line, however often it comes back; whole zones a line each. */
function outcomeLog(log: Log) {
  const told = new Set<string>();
  return (outcome: TransferOutcome, { address }: Client, why?: string) => {
    const kind = `${outcome} ${address}`;
    const fields = { outcome, client: address, ...(why && { why }) };
    const isNews = !told.has(kind) && told.size < MOST_TOLD;
    if (QUIET.has(outcome)) log.debug('Sent a transfer', fields);
    else if (outcome === 'axfr' || outcome === 'ixfr-as-axfr') log.info('Sent a transfer', fields);
    else if (isNews) log.warn('Refused a transfer', fields);
    if (isNews) told.add(kind);
  };
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
