import {
  type AnswerInto,
  HEADER_OCTETS,
  type Octets,
  OPT_OCTETS,
  QueryView,
  RCODE,
  RR_CLASS,
  RR_TYPE,
  SCAN,
  scanQuery,
} from '../dns/index.ts';
import { type AnswerParts, type ServingState, typesAt, ZoneAnswers } from '../zone/index.ts';
import { NXNAME, nsecRdata } from './denial.ts';
import { type ReadResponse, readName, readResponse, type WireRecord } from './read-records.ts';
import { rrsetsOf } from './rrset.ts';
import { Signatures, type SignerWorld } from './signatures.ts';
import { errorMessage, signedMessage, truncatedMessage } from './signed-message.ts';
import type { SigningKey } from './signing-key.ts';

const PLAIN_OCTETS = 512;
/** Of the unsigned response: leaves room for signatures in the longest message. */
const MOST_UNSIGNED_OCTETS = 60_000;
/** Flags of an OPT record: wants signatures, and NXDOMAIN said in so many words (RFC 9824 section 5). */
const DNSSEC_OK = 0x80;
const COMPACT_OK = 0x40;
const FLAGS_AT = 7;
/** Types that only a signed zone has; asked for, they are answered without DO as well. */
const SIGNED_TYPES: ReadonlySet<number> = new Set([
  RR_TYPE.DNSKEY,
  RR_TYPE.RRSIG,
  RR_TYPE.NSEC,
  NXNAME,
]);

/**
 * A zone that is signed as it is asked: queries with DO get signatures and proofs of absence, all
 * others are answered by `ZoneAnswers` as ever. Signed RRsets are whole: no `answerLimit`, near
 * instances before the others but never alone, and what does not fit is truncated without records.
 */
export class SignedAnswers {
  readonly #plain: ZoneAnswers;
  /** A query by UDP is not told how long connections are kept (RFC 7828 section 3.3.1). */
  readonly #whole: Readonly<Record<'tcp' | 'udp', ZoneAnswers>>;
  readonly #parts: AnswerParts;
  readonly #key: SigningKey;
  readonly #signatures: Signatures;
  readonly #view = new QueryView();
  readonly #room = new Uint8Array(MOST_UNSIGNED_OCTETS);
  /** Of the query's OPT record; 0 without one. */
  #flags = 0;

  constructor(parts: AnswerParts, key: SigningKey, world: SignerWorld) {
    this.#parts = parts;
    this.#key = key;
    this.#plain = new ZoneAnswers(parts);
    const { settings, locality } = parts;
    const whole = (tcpIdleMs: number | undefined) =>
      new ZoneAnswers({
        ...parts,
        settings: { ...settings, answerLimit: 0, tcpIdleMs },
        locality: locality && { ...locality, isFilter: false },
      });
    this.#whole = { tcp: whole(settings.tcpIdleMs), udp: whole(0) };
    this.#signatures = new Signatures(key, parts.table.origin, world);
  }

  serve(state: ServingState): void {
    for (const answers of this.#all) answers.serve(state);
  }

  setTime(unixSeconds: number): void {
    for (const answers of this.#all) answers.setTime(unixSeconds);
  }

  readonly answerInto: AnswerInto = (query, start, end, response, at, limit) => {
    const view = this.#view;
    const isOurs = scanQuery(view, query, start, end) === SCAN.QUERY && this.#isForUs(query, start);
    if (!isOurs) return this.#plain.answerInto(query, start, end, response, at, limit);
    this.#flags = view.hasOpt ? query[view.optionsAt - OPT_OCTETS + FLAGS_AT] : 0;
    const unsigned = this.#answerWhole(query, start, end);
    if (typeof unsigned === 'number') return unsigned;
    const message = this.#sign(unsigned);
    const read = message.length <= this.#roomOf(limit) ? message : this.#cut(unsigned);
    response.set(read, at);
    return read.length;
  };

  get #all(): readonly ZoneAnswers[] {
    return [this.#plain, this.#whole.tcp, this.#whole.udp];
  }

  #isForUs(query: Octets, start: number): boolean {
    const view = this.#view;
    if (view.class !== RR_CLASS.IN) return false;
    const isSigned = (view.hasOpt && view.dnssecOk) || SIGNED_TYPES.has(view.type);
    return isSigned && this.#parts.table.holds(query, start + HEADER_OCTETS, view.nameLength);
  }

  /** The unsigned response with nothing left out; or what stands for none. */
  #answerWhole(query: Octets, start: number, end: number): Octets | number {
    const { client } = this.#parts;
    const { isTcp } = client;
    const room = this.#room;
    const whole = isTcp ? this.#whole.tcp : this.#whole.udp;
    client.isTcp = true;
    const length = whole.answerInto(query, start, end, room, 0, room.length);
    client.isTcp = isTcp;
    return length > 0 ? room.slice(0, length) : length;
  }

  #roomOf(limit: number): number {
    if (this.#parts.client.isTcp) return limit;
    const { hasOpt, udpPayload } = this.#view;
    return hasOpt ? Math.min(Math.max(PLAIN_OCTETS, udpPayload), limit) : PLAIN_OCTETS;
  }

  #cut(unsigned: Octets): Octets {
    const { values, slot } = this.#parts.counters;
    values[slot.truncated]++;
    return truncatedMessage(unsigned, readResponse(unsigned));
  }

  #sign(unsigned: Octets): Octets {
    const rcode = unsigned[3] & 15;
    const read = readResponse(unsigned);
    const isAnswer = rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN;
    // Errors, and versions of EDNS that we do not know, have nothing to sign.
    if (!isAnswer || (read.opt.length > 0 && read.opt[5] !== 0)) return unsigned;
    if (this.#view.type === NXNAME) return errorMessage(unsigned, read, RCODE.FORMERR);
    const name = readName(unsigned, HEADER_OCTETS).name;
    const own = this.#ownRecords(name, read);
    if (own) return this.#assemble(unsigned, read, RCODE.NOERROR, own, []);
    const [start] = read.authorities;
    if (!start || !this.#wantsProof()) {
      return this.#assemble(unsigned, read, rcode, read.answers, read.authorities);
    }
    return this.#deny(unsigned, read, endOfAliases(name, read.answers));
  }

  /** The records that only signing brings, where they are asked for. */
  #ownRecords(name: Octets, read: ReadResponse): readonly WireRecord[] | undefined {
    const { type } = this.#view;
    const isApex = Buffer.compare(name, this.#parts.table.origin) === 0;
    const { ttlSeconds, soa } = this.#parts.settings;
    if (type === RR_TYPE.DNSKEY && isApex) {
      return [{ owner: name, type, ttl: ttlSeconds, rdata: this.#key.dnskey }];
    }
    if (type !== RR_TYPE.NSEC && type !== RR_TYPE.RRSIG) return undefined;
    const ttl = read.authorities[0]?.ttl ?? Math.min(ttlSeconds, soa.negativeTtlSeconds);
    const nsec = this.#nsec(name, ttl);
    if (type === RR_TYPE.NSEC) return [nsec];
    // One signature stands for all that the name has (RFC 8482 section 7).
    const signature = this.#signatures.of([nsec]);
    return signature && [signature];
  }

  /** There is no such type, or no such name, at the end of what was asked for. */
  #deny(unsigned: Octets, read: ReadResponse, name: Octets): Octets {
    const nsec = this.#nsec(name, read.authorities[0].ttl);
    const wantsCode = (this.#flags & COMPACT_OK) !== 0;
    const isMissing = (unsigned[3] & 15) === RCODE.NXDOMAIN;
    const rcode = isMissing && wantsCode ? RCODE.NXDOMAIN : RCODE.NOERROR;
    return this.#assemble(unsigned, read, rcode, read.answers, [...read.authorities, nsec]);
  }

  #nsec(owner: Octets, ttl: number): WireRecord {
    const types = typesAt(this.#parts.table, owner);
    const isApex = Buffer.compare(owner, this.#parts.table.origin) === 0;
    const listed = types && isApex ? [...types, RR_TYPE.SOA, RR_TYPE.DNSKEY] : types;
    return { owner, type: RR_TYPE.NSEC, ttl, rdata: nsecRdata(owner, listed) };
  }

  #wantsProof(): boolean {
    return (this.#flags & DNSSEC_OK) !== 0;
  }

  #assemble(
    unsigned: Octets,
    read: ReadResponse,
    rcode: number,
    answers: readonly WireRecord[],
    authorities: readonly WireRecord[],
  ): Octets {
    const signed = [answers, authorities].map(records => this.#withSignatures(records));
    const [first, second] = signed;
    if (!first || !second) return errorMessage(unsigned, read, RCODE.SERVFAIL);
    return signedMessage(unsigned, read, { rcode, answers: first, authorities: second });
  }

  /** Each RRset with its signature behind it; undefined when one could not be made. */
  #withSignatures(records: readonly WireRecord[]): readonly WireRecord[] | undefined {
    if (!this.#wantsProof()) return records;
    const whole: WireRecord[] = [];
    for (const rrset of rrsetsOf(records)) {
      whole.push(...rrset);
      if (rrset[0].type === RR_TYPE.RRSIG) continue;
      const signature = this.#signatures.of(rrset);
      if (!signature) return undefined;
      whole.push(signature);
    }
    return whole;
  }
}

/** Where the aliases of the answers lead to (RFC 1034 section 3.6.2); the name itself without any. */
function endOfAliases(name: Octets, answers: readonly WireRecord[]): Octets {
  return answers.reduce((at, { type, rdata }) => (type === RR_TYPE.CNAME ? rdata : at), name);
}
