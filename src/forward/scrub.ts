import { HEADER_OCTETS, type Octets, RR_TYPE, wordAt } from '../dns/index.ts';
import { MessageNames, withAncestors } from './message-names.ts';
import { type RecordPlace, readUpstreamMessage, type UpstreamMessage } from './message-reader.ts';
import { putCounts, rebuild } from './rebuild.ts';

const NSEC3 = 50;
/** Proofs that only a client who asked for DNSSEC records (RFC 4035 section 3.2.1) can use. */
const PROOFS: ReadonlySet<number> = new Set([RR_TYPE.RRSIG, RR_TYPE.NSEC, NSEC3]);
const ZONE_TYPES: ReadonlySet<number> = new Set([RR_TYPE.SOA, RR_TYPE.NS, RR_TYPE.DS]);
const ADDRESS_TYPES: ReadonlySet<number> = new Set([RR_TYPE.A, RR_TYPE.AAAA, RR_TYPE.RRSIG]);
/** Where in its data a record names the host whose addresses may come along. */
const TARGET_AT: ReadonlyMap<number, number> = new Map([
  [RR_TYPE.MX, 2],
  [RR_TYPE.SRV, 6],
  [RR_TYPE.NS, 0],
]);
/** A longer chain of aliases is left where it is cut. */
const MAX_CHAIN = 16;

/**
 * The part of a response that concerns its question: the asked name and its chain of aliases, the
 * zones above them, the addresses of hosts that the answer names. All else is stripped: what others
 * say of our zone (`isOwn`, of names as `MessageNames` makes them), and OPT, for that is the hop's own. Octets stay as they came unless something is stripped from their
 * middle. Undefined when nothing sound can be made of it.
 */
export function scrub(
  message: UpstreamMessage,
  isOwn: (name: string) => boolean,
): UpstreamMessage | undefined {
  if (message.records.every(record => isPlainAnswer(message, record))) {
    return cut(message, message.records);
  }
  const belongs = belonging(message, isOwn);
  const kept = message.records.filter(belongs);
  if (isHead(message, kept)) return cut(message, kept);
  const octets = rebuild(message, kept);
  const rebuilt = octets && readUpstreamMessage(octets);
  return rebuilt && { ...rebuilt, rcode: message.rcode };
}

/** What most responses are made of: the asked name, by a pointer to the question, and its class. */
function isPlainAnswer({ octets, questionEnd }: UpstreamMessage, record: RecordPlace): boolean {
  const isAsked = ownerPlace(octets, record) === HEADER_OCTETS;
  return isAsked && record.section === 'answer' && record.class === wordAt(octets, questionEnd - 2);
}

/** Says whether the message begins with the kept records and none but them. */
function isHead({ records, opt }: UpstreamMessage, kept: readonly RecordPlace[]): boolean {
  const isBeforeOpt = !opt || (kept.at(-1)?.end ?? 0) <= opt.ownerAt;
  return isBeforeOpt && kept.every((record, index) => record === records[index]);
}

/** Pointers lead backwards only, so what stands in front stays whole when the tail is cut off. */
function cut(message: UpstreamMessage, kept: readonly RecordPlace[]): UpstreamMessage {
  // A copy: what came may be part of a larger buffer, which would be kept alive.
  const end = kept.at(-1)?.end ?? message.questionEnd;
  const octets = new Uint8Array(message.octets.subarray(0, end));
  putCounts(octets, kept);
  return { ...message, octets, records: kept, opt: undefined };
}

function belonging(
  message: UpstreamMessage,
  isOwn: (name: string) => boolean,
): (record: RecordPlace) => boolean {
  const { octets, questionEnd } = message;
  const askedClass = wordAt(octets, questionEnd - 2);
  const names = new MessageNames(octets);
  const ownerOf = (record: RecordPlace) => names.at(ownerPlace(octets, record)) ?? '';
  const chain = aliasChain(message, names, ownerOf);
  let above: ReadonlySet<string> | undefined;
  const isAboveChain = (owner: string) => {
    above ??= new Set([...chain].flatMap(withAncestors));
    return above.has(owner);
  };
  const inAnswer = (record: RecordPlace) => {
    const owner = ownerOf(record);
    if (chain.has(owner)) return true;
    return (record.type === RR_TYPE.DNAME || record.type === RR_TYPE.RRSIG) && isAboveChain(owner);
  };
  const targets = hostTargets(message, names, inAnswer);
  return record => {
    if (record.class !== askedClass || isOwn(ownerOf(record))) return false;
    if (record.section === 'answer') return inAnswer(record);
    if (record.section === 'additional') {
      return ADDRESS_TYPES.has(record.type) && targets.has(ownerOf(record));
    }
    if (PROOFS.has(record.type)) return true;
    return ZONE_TYPES.has(record.type) && isAboveChain(ownerOf(record));
  };
}

/** Nearly every owner is a pointer to the question; then its place is the question's. */
function ownerPlace(octets: Octets, { ownerAt }: RecordPlace): number {
  return wordAt(octets, ownerAt) === 0xc000 + HEADER_OCTETS ? HEADER_OCTETS : ownerAt;
}

/** The asked name and what its CNAMEs lead to (RFC 1034 section 3.6.2). */
function aliasChain(
  { records }: UpstreamMessage,
  names: MessageNames,
  ownerOf: (record: RecordPlace) => string,
): ReadonlySet<string> {
  const asked = names.at(HEADER_OCTETS) ?? '';
  const chain = new Set([asked]);
  const aliases = records.filter(
    ({ section, type }) => section === 'answer' && type === RR_TYPE.CNAME,
  );
  if (aliases.length === 0) return chain;
  const targetOf = new Map(aliases.map(place => [ownerOf(place), names.at(place.dataAt)]));
  for (let name = targetOf.get(asked); name !== undefined; name = targetOf.get(name)) {
    if (chain.has(name) || chain.size === MAX_CHAIN) break;
    chain.add(name);
  }
  return chain;
}

function hostTargets(
  { records }: UpstreamMessage,
  names: MessageNames,
  inAnswer: (record: RecordPlace) => boolean,
): ReadonlySet<string> {
  if (!records.some(({ section }) => section === 'additional')) return new Set();
  const targets = records.flatMap(record => {
    const at = TARGET_AT.get(record.type);
    if (record.section !== 'answer' || at === undefined || !inAnswer(record)) return [];
    return names.at(record.dataAt + at) ?? [];
  });
  return new Set(targets);
}
