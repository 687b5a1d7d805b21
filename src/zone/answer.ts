import {
  type AnswerInto,
  type ClientView,
  type EdnsSettings,
  EXTENDED_ERROR,
  EXTENDED_ERROR_OCTETS,
  foldName,
  HEADER_OCTETS,
  type Octets,
  OptWriter,
  QueryView,
  RCODE,
  RR_CLASS,
  RR_TYPE,
  SCAN,
  type StartOfAuthority,
  scanQuery,
} from '../dns/index.ts';
import type { Counters, Random } from '../runtime/index.ts';
import { AnswerBody, ENDING } from './answer-body.ts';
import type { AnswerTable } from './answer-table.ts';
import { typeSlots, type ZoneCounter } from './counters.ts';
import type { ServingState } from './delta.ts';
import { type Locality, NearFirst } from './near-first.ts';
import type { Order } from './order.ts';
import { ResponseDraft } from './response-draft.ts';
import { Shuffle } from './shuffle.ts';
import type { Block } from './slab.ts';

/** What DNS without EDNS carries by UDP, and the least a client may offer (RFC 6891). */
const PLAIN_OCTETS = 512;
const NO_ERROR_CODE = -1;
const FLAG = { QR: 0x8000, AA: 0x0400, TC: 0x0200, RA: 0x0080, CD: 0x0010 } as const;

/** What of the config decides about answers. */
export interface AnswerSettings extends EdnsSettings {
  readonly soa: StartOfAuthority;
  readonly ttlSeconds: number;
  /** Sets RA, for clients that `mayRecurse`. */
  readonly recurseOn: boolean;
  /** Without it responses are cut all the same, but TC stays clear. */
  readonly setTruncateBit: boolean;
  /** The most addresses in a response; 0 for all. */
  readonly answerLimit: number;
}

/** What a zone is answered with by a thread. `client` is filled in by the server before each query. */
export interface AnswerParts {
  readonly table: AnswerTable;
  readonly settings: AnswerSettings;
  readonly client: ClientView;
  readonly random: Random;
  readonly counters: Counters<ZoneCounter>;
  /** Missing means that questions are counted by type here; of several zones one does so. */
  readonly countsQuestions?: boolean;
  /** Missing means that all instances are told in random order. */
  readonly locality?: Locality | undefined;
  /** The recursion ACL: clears RA for those it refuses. */
  readonly mayRecurse: (client: ClientView) => boolean;
}

/**
 * The hot path of our zone: reads a query in place, finds the name, and writes the response (RFC
 * 1034 section 4.3.2). Nothing here allocates, throws or waits. What is rare (other classes and
 * opcodes, transfers, malformed options) and what is outside our zone is left to the slow path.
 */
export class ZoneAnswers {
  readonly #parts: AnswerParts;
  readonly #table: AnswerTable;
  readonly #settings: AnswerSettings;
  readonly #view = new QueryView();
  readonly #response = new ResponseDraft();
  readonly #body: AnswerBody;
  readonly #opt: OptWriter;
  readonly #counts: Float64Array;
  readonly #slot: Readonly<Record<ZoneCounter, number>>;
  readonly #typeSlots: Int32Array;
  readonly #counted: 0 | 1;
  #serving: ServingState['kind'] = 'starting';
  #ttl: number;
  #rcode: number = RCODE.NOERROR;
  #errorCode = NO_ERROR_CODE;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
    this.#table = parts.table;
    this.#settings = parts.settings;
    this.#ttl = parts.settings.ttlSeconds;
    this.#body = new AnswerBody(parts.table, parts.settings, orderOf(parts));
    const { length: nameLength } = parts.table.origin;
    const seconds = parts.settings.soa.expireSeconds;
    const subnet = parts.locality?.subnet;
    this.#opt = new OptWriter(parts.settings, parts.client, { nameLength, seconds }, subnet);
    this.#counts = parts.counters.values;
    this.#slot = parts.counters.slot;
    this.#typeSlots = typeSlots(parts.counters.slot);
    this.#counted = parts.countsQuestions === false ? 0 : 1;
  }

  /** How sure we are of the zone from now on; `starting` until this is called. */
  serve(state: ServingState): void {
    this.#serving = state.kind;
    const { ttlSeconds } = this.#settings;
    this.#ttl = state.kind === 'stale' ? Math.min(ttlSeconds, state.ttlCapSeconds) : ttlSeconds;
  }

  /** The Unix time, for cookies; to be told at least every minute. */
  setTime(unixSeconds: number): void {
    this.#opt.nowSeconds = unixSeconds;
  }

  readonly answerInto: AnswerInto = (query, start, end, response, at, limit) => {
    const view = this.#view;
    const scan = scanQuery(view, query, start, end);
    this.#parts.client.hasValidCookie = false;
    if (scan !== SCAN.QUERY) return scan;
    this.#counts[this.#typeSlots[view.type < 256 ? view.type : 256]] += this.#counted;
    if (view.class !== RR_CLASS.IN || limit < PLAIN_OCTETS || isTransfer(view.type)) return 0;
    const table = this.#table;
    const hash = foldName(view.key, query, start + HEADER_OCTETS, view.nameLength, table.seed);
    const node = table.find(view.key, hash, view.nameLength);
    const exists = node !== 0 && table.exists(node);
    if (!exists && !table.holds(query, start + HEADER_OCTETS, view.nameLength)) return 0;
    const optOctets = view.hasOpt ? this.#opt.prepare(view, query) : 0;
    if (optOctets < 0) return 0;
    const errorOctets = view.hasOpt && this.#serving === 'stale' ? EXTENDED_ERROR_OCTETS : 0;
    const room = this.#room(limit) - optOctets - errorOctets;
    this.#response.begin(response, at, at + room);
    this.#response.copy(query, start, view.questionEnd);
    this.#decide(exists ? node : 0);
    return this.#finish(query, start);
  };

  /** The most octets of the response: what the transport carries, and the client offers. */
  #room(limit: number): number {
    if (this.#parts.client.isTcp) return limit;
    const view = this.#view;
    if (!view.hasOpt || view.udpPayload < PLAIN_OCTETS) return PLAIN_OCTETS;
    return view.udpPayload < limit ? view.udpPayload : limit;
  }

  /** Writes the records for an existing node, or for a name that does not exist (0). */
  #decide(node: Block): void {
    this.#rcode = RCODE.NOERROR;
    this.#errorCode = NO_ERROR_CODE;
    if (this.#view.hasOpt && this.#opt.rcode !== RCODE.NOERROR) {
      this.#rcode = this.#opt.rcode;
      if (this.#rcode === RCODE.BADVERS) this.#counts[this.#slot.badvers]++;
    } else if (this.#serving === 'starting') {
      this.#sayNotReady();
    } else {
      if (this.#serving === 'stale') {
        this.#errorCode = EXTENDED_ERROR.STALE_ANSWER;
        this.#counts[this.#slot.stale]++;
      }
      this.#writeBody(node);
    }
  }

  #writeBody(node: Block): void {
    const response = this.#response;
    const { type, nameLength } = this.#view;
    const ending =
      node === 0 ? ENDING.NO_NAME : this.#body.writeAnswers(response, node, type, this.#ttl);
    if (ending === ENDING.DATA) {
      this.#counts[this.#slot.answered]++;
    } else if (ending === ENDING.NO_DATA) {
      this.#counts[this.#slot.nodata]++;
      this.#body.writeNegative(response, nameLength, this.#ttl);
    } else if (this.#serving === 'recovering') {
      response.dropAnswers(nameLength);
      this.#sayNotReady();
    } else {
      this.#rcode = RCODE.NXDOMAIN;
      this.#counts[this.#slot.nxdomain]++;
      this.#body.writeNegative(response, nameLength, this.#ttl);
    }
  }

  #sayNotReady(): void {
    this.#rcode = RCODE.SERVFAIL;
    this.#errorCode = EXTENDED_ERROR.NOT_READY;
    this.#counts[this.#slot.not_ready]++;
  }

  #finish(query: Octets, start: number): number {
    const response = this.#response;
    let flags = FLAG.QR | ((query[start + 2] & 1) << 8) | (query[start + 3] & FLAG.CD);
    // Errors say nothing about the zone.
    if (this.#rcode === RCODE.NOERROR || this.#rcode === RCODE.NXDOMAIN) flags |= FLAG.AA;
    const { recurseOn, setTruncateBit } = this.#settings;
    if (recurseOn && this.#parts.mayRecurse(this.#parts.client)) flags |= FLAG.RA;
    if (response.isTruncated) {
      this.#counts[this.#slot.truncated]++;
      if (setTruncateBit) flags |= FLAG.TC;
    }
    let additionals = response.additionals;
    if (this.#view.hasOpt) {
      const { octets, at } = response;
      response.at = this.#opt.write(octets, at, this.#rcode, this.#errorCode);
      additionals++;
    }
    response.finish(flags, this.#rcode, additionals);
    return response.at - response.start;
  }
}

/** The code path is chosen here, once: without locality nothing is looked up. */
function orderOf({ table, client, random, counters, locality }: AnswerParts): Order {
  const shuffle = new Shuffle(random);
  return locality ? new NearFirst(locality, table, client, shuffle, counters) : shuffle;
}

function isTransfer(type: number): boolean {
  return type === RR_TYPE.AXFR || type === RR_TYPE.IXFR;
}
