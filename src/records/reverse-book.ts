import {
  addressOctets,
  type DomainName,
  type InNetworks,
  inNetworks,
  ipAddress,
  isAtOrBelow,
  type Network,
  type PointerRecord,
  reverseName,
  reverseZones,
} from '../dns/index.ts';
import type { ClusterState } from '../mesos/index.ts';
import type { RecordChanges } from './record-book.ts';
import { CLAIM_RANK, type ReverseClaim, reverseClaims } from './reverse-claims.ts';
import type { NamingRules } from './rules.ts';

/** For each reverse zone its changes: each source is an address, and has one PTR record or none. */
export type ReverseChanges = ReadonlyMap<DomainName, ReadonlyMap<string, readonly PointerRecord[]>>;

/** The zones for the reverse names of networks, each once, none below another. */
export function outermostReverseZones(networks: readonly Network[]): readonly DomainName[] {
  const all = [...new Set(networks.flatMap(reverseZones))];
  return all.filter(zone => !all.some(other => other !== zone && isAtOrBelow(zone, other)));
}

/**
 * Turns changes of records into changes of PTR records: for every address in the networks the best
 * of the names that claim it, of equally good ones the first by the alphabet. The choice depends on
 * the claims alone, not on the order they came in, and the chosen name always has the address.
 */
export class ReverseBook {
  readonly zones: readonly DomainName[];
  readonly #rules: NamingRules;
  readonly #isOurs: InNetworks;
  readonly #bySource = new Map<string, readonly ReverseClaim[]>();
  readonly #byAddress = new Map<string, Set<ReverseClaim>>();

  constructor(networks: readonly Network[], rules: NamingRules) {
    this.zones = outermostReverseZones(networks);
    this.#rules = rules;
    this.#isOurs = inNetworks(networks);
  }

  /** Every zone is among the changes, if only without any. `state` is what the records are from. */
  update(changes: RecordChanges, state: ClusterState | undefined): ReverseChanges {
    const touched = new Set<string>();
    for (const [source, records] of changes) {
      const claims = reverseClaims(source, records, state, this.#rules);
      this.#replace(
        source,
        claims.filter(claim => this.#holds(claim)),
        touched,
      );
    }
    const perZone = new Map(this.zones.map(zone => [zone, new Map<string, PointerRecord[]>()]));
    for (const address of touched) {
      const owner = reverseName(ipAddress(address)!);
      const zone = this.zones.find(origin => isAtOrBelow(owner, origin));
      const target = bestName(this.#byAddress.get(address));
      const records = target === undefined ? [] : [{ type: 'PTR' as const, owner, target }];
      if (zone !== undefined) perZone.get(zone)?.set(address, records);
    }
    return perZone;
  }

  #holds({ record }: ReverseClaim): boolean {
    // Records hold canonical addresses only.
    const address = ipAddress(record.address)!;
    return this.#isOurs(addressOctets(address), 0, address.family === 4 ? 4 : 16);
  }

  #replace(source: string, claims: readonly ReverseClaim[], touched: Set<string>): void {
    const before = this.#bySource.get(source) ?? [];
    if (areEqual(before, claims)) return;
    for (const claim of before) this.#take(claim, touched);
    for (const claim of claims) this.#give(claim, touched);
    if (claims.length > 0) this.#bySource.set(source, claims);
    else this.#bySource.delete(source);
  }

  #take(claim: ReverseClaim, touched: Set<string>): void {
    const { address } = claim.record;
    const all = this.#byAddress.get(address);
    all?.delete(claim);
    if (all?.size === 0) this.#byAddress.delete(address);
    touched.add(address);
  }

  #give(claim: ReverseClaim, touched: Set<string>): void {
    const { address } = claim.record;
    const all = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, all.add(claim));
    touched.add(address);
  }
}

function bestName(claims: ReadonlySet<ReverseClaim> = new Set()): DomainName | undefined {
  const tasks = new Set<DomainName>();
  for (const { rank, record } of claims) {
    if (rank === CLAIM_RANK.onlyTask) tasks.add(record.owner);
  }
  let best: { rank: number; name: DomainName } | undefined;
  for (const { rank: claimed, record } of claims) {
    const isShared = claimed === CLAIM_RANK.onlyTask && tasks.size > 1;
    const rank = isShared ? CLAIM_RANK.oneOfTasks : claimed;
    const isBetter = !best || rank < best.rank || (rank === best.rank && record.owner < best.name);
    if (isBetter) best = { rank, name: record.owner };
  }
  return best?.name;
}

function areEqual(a: readonly ReverseClaim[], b: readonly ReverseClaim[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ record }, index) => {
      const other = b[index].record;
      return record.owner === other.owner && record.address === other.address;
    })
  );
}
