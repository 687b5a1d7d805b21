import {
  type AnswerInto,
  type ClientView,
  type EdnsSettings,
  HEADER_OCTETS,
  type Octets,
  OptWriter,
  putWord,
  QueryView,
  RCODE,
  RR_CLASS,
  SCAN,
  scanQuery,
  wordAt,
} from '../dns/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { CacheHits } from './cache-hits.ts';
import { copyResponse, hasPassedOptions } from './kept-response.ts';
import { ASK_FLAG } from './question-key.ts';
import type { ResponseCache } from './response-cache.ts';

/** What answers from the cache are made with. */
export interface CacheAnswerParts {
  readonly cache: ResponseCache;
  readonly hits: CacheHits;
  readonly mayRecurse: (client: ClientView) => boolean;
  /** Who asks; filled in before each call. */
  readonly client: ClientView;
  readonly settings: EdnsSettings;
  readonly clock: Clock;
}

const PLAIN_UDP_OCTETS = 512;
const NO_ERROR_CODE = -1;

/**
 * The fast side: answers from fresh cache entries that fit the client, and leaves all else (other
 * clients, unusual queries, options that pass through, truncation, what has expired) to the handler.
 */
export class CacheAnswers {
  readonly #parts: CacheAnswerParts;
  readonly #view = new QueryView();
  readonly #opt: OptWriter;

  constructor(parts: CacheAnswerParts) {
    this.#parts = parts;
    this.#opt = new OptWriter(parts.settings, parts.client);
  }

  readonly answerInto: AnswerInto = (query, start, end, response, at, limit) => {
    const { cache, hits, client, mayRecurse } = this.#parts;
    const view = this.#view;
    const scan = scanQuery(view, query, start, end);
    if (scan !== SCAN.QUERY) return scan;
    if (view.class !== RR_CLASS.IN || !mayRecurse(client)) return 0;
    const flags = this.#flags(query, start);
    const kept = cache.find(query, start + HEADER_OCTETS, view.questionEnd, flags);
    if (kept === undefined) return 0;
    const ageMs = hits.ageMs(kept);
    if (ageMs >= kept.lifetimeMs) return 0;
    const optOctets = view.hasOpt ? this.#prepareOpt(query) : 0;
    const length = kept.octets.length;
    if (optOctets < 0 || kept.options.length > 0) return 0;
    if (length + optOctets > this.#room(limit)) return 0;
    hits.hit(kept, ageMs);
    copyResponse(kept, Math.floor(ageMs / 1000), query, start, response, at);
    if (!view.hasOpt) return length;
    putWord(response, at + 10, wordAt(response, at + 10) + 1);
    return this.#opt.write(response, at + length, RCODE.NOERROR, NO_ERROR_CODE) - at;
  };

  #flags(query: Octets, start: number): number {
    return (
      (query[start + 2] & 0x01 ? ASK_FLAG.RD : 0) |
      (query[start + 3] & 0x10 ? ASK_FLAG.CD : 0) |
      (this.#view.hasOpt && this.#view.dnssecOk ? ASK_FLAG.DO : 0)
    );
  }

  /** How many octets OPT takes; -1 when the slow path should see to it. */
  #prepareOpt(query: Octets): number {
    const { optionsAt, optionsEnd, ednsVersion } = this.#view;
    if (ednsVersion !== 0) return -1;
    if (optionsAt < optionsEnd) {
      if (hasPassedOptions(query, optionsAt, optionsEnd)) return -1;
      this.#opt.nowSeconds = Math.floor(this.#parts.clock.now() / 1000);
    }
    return this.#opt.prepare(this.#view, query);
  }

  #room(limit: number): number {
    if (this.#parts.client.isTcp) return limit;
    const { hasOpt, udpPayload } = this.#view;
    return Math.min(limit, hasOpt ? Math.max(PLAIN_UDP_OCTETS, udpPayload) : PLAIN_UDP_OCTETS);
  }
}
