import type { DomainName, ResourceRecord } from '../dns/index.ts';
import type { RecordFault } from './made-records.ts';

/**
 * The rules that make records beyond those of Mesos-DNS, in order: where two want one name, the first
 * one has it. What the config says goes before what tasks say of themselves.
 */
export const ADDITION_RULES = [
  'static',
  'alias',
  'agent',
  'label',
  'group',
  'port',
  'address',
  'place',
] as const;

export type AdditionRule = (typeof ADDITION_RULES)[number];

/** A record beyond those of Mesos-DNS, wanted by a rule. */
export interface Addition {
  readonly rule: AdditionRule;
  /** The name that was asked for, with which its services stand and fall; mostly the owner itself. */
  readonly name: DomainName;
  readonly record: ResourceRecord;
}

/** What a source wants, and what of it cannot be understood. */
export interface Wants {
  readonly additions: readonly Addition[];
  readonly faults: readonly RecordFault[];
}

/** Of a source that wants nothing. */
export const NO_WANTS: Wants = { additions: [], faults: [] };

/** Who has a name that additions want. Equal texts are equal verdicts. */
export type Verdict =
  /** Mesos-DNS, or one of the fixed names. */
  | 'mesos-dns'
  /** All records of the rule but CNAME. */
  | `${AdditionRule}`
  /** The one CNAME record of the rule that leads to the target. */
  | `${AdditionRule} ${DomainName}`;

/**
 * Who has the name that all of `wanted` want: Mesos-DNS where `isTaken`; else the first of the rules.
 * An alias stands alone at its name (RFC 1034 section 3.6.2), so it gives way to the other records of
 * its rule, and of several the first by the alphabet stays. Undefined when nobody wants it.
 */
export function decide(wanted: Iterable<Addition>, isTaken: boolean): Verdict | undefined {
  if (isTaken) return 'mesos-dns';
  let best: { readonly rank: number; readonly verdict: Verdict } | undefined;
  for (const { rule, record } of wanted) {
    const isAlias = record.type === 'CNAME';
    const rank = 2 * ADDITION_RULES.indexOf(rule) + (isAlias ? 1 : 0);
    const verdict: Verdict = isAlias ? `${rule} ${record.target}` : rule;
    const isBetter = !best || rank < best.rank || (rank === best.rank && verdict < best.verdict);
    if (isBetter) best = { rank, verdict };
  }
  return best?.verdict;
}

/** The first name that keeps an addition from being published, and who has that; else undefined. */
export function lostName(
  { rule, name, record }: Addition,
  verdictOn: (name: DomainName) => Verdict | undefined,
): { readonly name: DomainName; readonly to: Verdict | undefined } | undefined {
  const wanted = record.type === 'CNAME' ? `${rule} ${record.target}` : rule;
  const lost = [name, record.owner].find(each => verdictOn(each) !== wanted);
  return lost && { name: lost, to: verdictOn(lost) };
}
