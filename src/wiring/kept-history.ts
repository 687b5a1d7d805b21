import { readFile, rename, writeFile } from 'node:fs/promises';
import { type Config, namingOptions, startOfAuthority } from '../config/index.ts';
import { type DomainName, isOlderSerial, type RRset, type Serial, serial } from '../dns/index.ts';
import type { Log } from '../runtime/index.ts';
import type { HistoryEntry } from '../transfer/index.ts';
import { isTransferOn } from './options.ts';
import { ownReach } from './own-reach.ts';

/** What secondaries know of the zone from before a restart or a reload. */
export interface KnownZone {
  /** Says from what the zone was made, besides the state of the cluster. */
  readonly fingerprint: string;
  readonly serial: Serial;
  readonly entries: readonly HistoryEntry[];
  /** The zone under that serial; undefined where the first version made now has the same records. */
  readonly rrsets: readonly RRset[] | undefined;
  /** The reverse zones; missing in files of before there were any. */
  readonly reverse?: readonly KnownReverseZone[];
}

/** What secondaries know of a reverse zone. */
export interface KnownReverseZone {
  readonly origin: DomainName;
  readonly serial: Serial;
  /** Undefined after a restart. */
  readonly rrsets: readonly RRset[] | undefined;
}

/**
 * So far ahead goes the serial where versions may have been published that we do not know of. Above
 * one change a second the serial outruns the clock, so time alone does not lead past them; and a
 * secondary that has another zone under a serial of ours would never be mended.
 */
const SERIALS_IN_RESERVE = 65_536;

/** Zones of equal states and equal fingerprints are equal. */
export function zoneFingerprint(config: Config, version: string): string {
  const reach = ownReach(config).map(({ text }) => text);
  const made = { version, reach, naming: namingOptions(config), soa: startOfAuthority(config) };
  return JSON.stringify({ ...made, ttl: config.ttl });
}

/** A serial newer than any that may have been published since `last`. */
export function pastSerial(config: Config, last: Serial | undefined): Serial | undefined {
  if (last === undefined || !isTransferOn(config)) return last;
  return serial(last + SERIALS_IN_RESERVE);
}

/** The serial that a reverse zone's first one is newer than, where the domain's is newer than `last`. */
export function reverseSerial(
  known: KnownZone | undefined,
  origin: DomainName,
  last: Serial | undefined,
): Serial | undefined {
  const own = known?.reverse?.find(zone => zone.origin === origin)?.serial;
  return own === undefined || (last !== undefined && isOlderSerial(own, last)) ? last : own;
}

/**
 * What secondaries know, for the config of a reload. Other times or another name in the start of
 * authority, or another TTL, change every record: then the zone has to be transferred anew.
 */
export function knownAfterReload(
  known: KnownZone | undefined,
  before: Config,
  now: Config,
): KnownZone | undefined {
  const frame = (config: Config) =>
    JSON.stringify([config.domain, config.ttl, startOfAuthority(config)]);
  return isTransferOn(now) && frame(before) === frame(now) ? known : undefined;
}

/** Keeps the history beside the snapshot. Failing costs each secondary one whole transfer. */
export async function saveHistory(config: Config, known: KnownZone, log: Log): Promise<void> {
  if (config.snapshotFile === '' || !isTransferOn(config)) return;
  const path = pathOf(config);
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const reverse = known.reverse?.map(zone => ({ ...zone, rrsets: undefined }));
    const kept = { ...known, rrsets: undefined, reverse };
    await writeFile(beside, JSON.stringify(kept), { mode: 0o600 });
    await rename(beside, path);
  } catch (error) {
    log.warn('Cannot keep the history of the zone', { path, error: String(error) });
  }
}

/**
 * The history that an earlier run left, where it ends in the zone that the snapshot holds: a run
 * that did not end in order left an older one, or none.
 */
export async function loadHistory(
  config: Config,
  saved: Serial | undefined,
  fingerprint: string,
): Promise<KnownZone | undefined> {
  if (saved === undefined || !isTransferOn(config)) return undefined;
  try {
    const known = JSON.parse(await readFile(pathOf(config), 'utf8')) as KnownZone;
    return known.serial === saved && known.fingerprint === fingerprint ? known : undefined;
  } catch {
    return undefined;
  }
}

function pathOf({ snapshotFile }: Config): string {
  return `${snapshotFile}.history`;
}
