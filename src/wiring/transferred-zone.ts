import { type Config, startOfAuthority } from '../config/index.ts';
import type { DomainName, RRset, Serial } from '../dns/index.ts';
import type { World } from '../runtime/index.ts';
import {
  type HistoryLimits,
  Notifier,
  type NotifySocket,
  type Secondary,
  type SentTransfer,
  type TransferSource,
  type TransferZone,
  ZoneHistory,
  zoneDifference,
} from '../transfer/index.ts';
import type { Zone, ZoneDelta } from '../zone/index.ts';
import type { KnownZone } from './kept-history.ts';
import { isTransferOn, tsigKeys } from './options.ts';
import { type SecondaryReport, SecondaryReports } from './secondary-reports.ts';
import { ServedVersion } from './served-version.ts';

/** What secondaries know of a zone from before. */
export type KnownVersion = Pick<KnownZone, 'serial' | 'entries' | 'rrsets'>;

/**
 * One of our zones as secondaries have it: its version now, those before, and who was told. They are
 * told of a version when `served` has resolved after it.
 */
export class TransferredZone implements TransferSource {
  readonly origin: DomainName;
  readonly current: () => TransferZone | undefined;
  readonly history: ZoneHistory;
  readonly #known: KnownVersion | undefined;
  readonly #clock: World['clock'];
  readonly #notifier: Notifier;
  readonly #served: ServedVersion;
  readonly #reports: SecondaryReports;
  readonly #isTold: boolean;

  constructor(
    config: Config,
    zone: Zone,
    socket: NotifySocket,
    { clock, random }: Pick<World, 'clock' | 'random'>,
    known: KnownVersion | undefined,
    served: () => Promise<void>,
  ) {
    this.origin = zone.origin;
    this.current = currentVersion(config, zone);
    this.history = new ZoneHistory(historyLimits(config), known?.entries);
    this.#known = known;
    this.#clock = clock;
    const secondaries = notified(config);
    const minGapMs = config.notifyGapSeconds * 1000;
    const told = { secondaries, minGapMs, zone: () => this.#served.version };
    this.#notifier = new Notifier({ ...told, socket, clock, random });
    const onServed = () => this.#notifier.zoneChanged();
    this.#served = new ServedVersion({ current: this.current, served, onServed, minGapMs, clock });
    this.#isTold = secondaries.length > 0;
    this.#reports = new SecondaryReports(config.secondaries, clock);
  }

  /** To be told of each version. */
  publish(delta: ZoneDelta): void {
    const isFirst = delta.from === undefined;
    const known = isFirst ? this.#known : undefined;
    this.history.push(known ? sinceKnown(known, delta) : delta, this.#clock.now());
    if (this.#isTold) this.#served.changed();
  }

  sent(transfer: SentTransfer): void {
    this.#reports.add(transfer);
  }

  secondaries(): readonly SecondaryReport[] {
    return this.#reports.list(this.#notifier.status());
  }

  close(): void {
    this.#served.close();
    this.#notifier.close();
  }
}

/** Where nobody may transfer, the past is of no use, and a hundred megabytes of a busy cluster. */
function historyLimits(config: Config): HistoryLimits {
  return {
    maxRecords: isTransferOn(config) ? config.transferHistoryRecords : 0,
    maxAgeMs: config.transferHistorySeconds * 1000,
  };
}

/** The first version is none to secondaries that know the zone from before. */
function sinceKnown({ serial, rrsets }: KnownVersion, { to, added }: ZoneDelta): ZoneDelta {
  return rrsets
    ? zoneDifference(serial, rrsets, to, added)
    : { from: serial, to, removed: [], added: [] };
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
