import type {
  DomainName,
  RecordType,
  ResourceRecord,
  RRset,
  Serial,
  StartOfAuthority,
} from '../dns/index.ts';

/**
 * The zone published now, to be read. It moves on with each publish; take what belongs together
 * (serial and RRsets of a transfer) without waiting in between.
 */
export interface Zone {
  readonly origin: DomainName;
  readonly soa: StartOfAuthority;
  /** Undefined before the first publish. */
  readonly serial: Serial | undefined;
  /** How many names have records. */
  readonly nameCount: number;
  readonly recordCounts: Readonly<Record<RecordType, number>>;
  /** Every RRset, the apex NS among them, in an array of the caller's own: it stays as it is. */
  rrsets(): readonly RRset[];
  /** The RRsets of a name; none when it has no records. */
  at(owner: DomainName): readonly RRset[];
  /** Says whether a name exists: it has records, or names below it have. Walks the zone. */
  exists(name: DomainName): boolean;
  /** The records of each source, as they were last published. */
  sources(): ReadonlyMap<string, readonly ResourceRecord[]>;
}
