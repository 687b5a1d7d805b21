import {
  type DomainName,
  type ResourceRecord,
  type RRset,
  recordValue,
  rrsetKey,
  type Serial,
  type StartOfAuthority,
} from '../dns/index.ts';
import type { ZoneDelta } from '../zone/index.ts';

/** A version of the zone that stays as it is while it is being transferred. */
export interface TransferZone {
  readonly origin: DomainName;
  readonly serial: Serial;
  readonly soa: StartOfAuthority;
  readonly ttlSeconds: number;
  /** Every RRset but the SOA, as they stood when this version was current. */
  rrsets(): Iterable<RRset>;
}

/** What a transfer is made of: a start of authority, by its serial, or records of one owner and type. */
export type TransferPart =
  | { readonly kind: 'soa'; readonly serial: Serial }
  | { readonly kind: 'records'; readonly records: readonly ResourceRecord[] };

/** The whole zone between two starts of authority (RFC 5936 section 2.2). */
export function* fullTransfer(zone: TransferZone): Generator<TransferPart> {
  yield { kind: 'soa', serial: zone.serial };
  for (const { records } of zone.rrsets()) yield { kind: 'records', records };
  yield { kind: 'soa', serial: zone.serial };
}

/** The difference that ends in the zone, between its two serials (RFC 1995 section 4). */
export function* incrementalTransfer(
  zone: TransferZone,
  known: Serial,
  { removed, added }: ZoneDelta,
): Generator<TransferPart> {
  yield { kind: 'soa', serial: zone.serial };
  yield { kind: 'soa', serial: known };
  yield* withoutThose(removed, added);
  yield { kind: 'soa', serial: zone.serial };
  yield* withoutThose(added, removed);
  yield { kind: 'soa', serial: zone.serial };
}

/** The answer to those who have it all (RFC 1995 section 2). */
export function* emptyTransfer(zone: TransferZone): Generator<TransferPart> {
  yield { kind: 'soa', serial: zone.serial };
}

/** The records of `rrsets` that do not stand in `others` too: an RRset often changes by one record. */
function* withoutThose(
  rrsets: readonly RRset[],
  others: readonly RRset[],
): Generator<TransferPart> {
  const byKey = new Map(others.map(rrset => [rrsetKey(rrset), rrset]));
  for (const rrset of rrsets) {
    const other = byKey.get(rrsetKey(rrset));
    const kept = new Set(other?.records.map(recordValue));
    const records = rrset.records.filter(record => !kept.has(recordValue(record)));
    if (records.length > 0) yield { kind: 'records', records };
  }
}
