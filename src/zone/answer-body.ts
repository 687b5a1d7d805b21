import { HEADER_OCTETS, RR_TYPE, type StartOfAuthority } from '../dns/index.ts';
import type { AnswerTable } from './answer-table.ts';
import type { Order } from './order.ts';
import type { ResponseDraft } from './response-draft.ts';
import type { Block } from './slab.ts';
import { SoaWriter } from './soa-writer.ts';
import { NODE, RRSET, recordWords, targetWord } from './table-layout.ts';
import { writeAddresses } from './write-addresses.ts';
import { isAlias, writeAliases } from './write-aliases.ts';
import { writeTargets } from './write-targets.ts';
import { writeTexts } from './write-texts.ts';

/** What an answer to ANY may take with all RRsets in it; a longer one holds a single RRset. */
const ANY_OCTETS = 512;
/** Owner pointer, type, class, TTL, length; and the part of an SRV record before its target. */
const RECORD_OCTETS = 12;
const SRV_OCTETS = 6;

/** How a question ends: with records, without any of its type, or at a name that does not exist. */
export const ENDING = { DATA: 0, NO_DATA: 1, NO_NAME: 2 } as const;

export type Ending = (typeof ENDING)[keyof typeof ENDING];

/** Writes the records of a response: answers with their additional records, or the SOA. */
export class AnswerBody {
  readonly #table: AnswerTable;
  readonly #answerLimit: number;
  readonly #negativeTtl: number;
  readonly #order: Order;
  readonly #soa: SoaWriter;

  /** `answerLimit` is the most addresses in a response, 0 for all. */
  constructor(
    table: AnswerTable,
    { soa, answerLimit }: { readonly soa: StartOfAuthority; readonly answerLimit: number },
    order: Order,
  ) {
    this.#table = table;
    this.#answerLimit = answerLimit;
    this.#negativeTtl = soa.negativeTtlSeconds;
    this.#order = order;
    this.#soa = new SoaWriter(soa);
  }

  /**
   * Writes the RRset of a type at an existing node, or at the name that its aliases lead to (RFC 1034
   * section 3.6.2). Says how that ended; aliases that lead out of our zone are data.
   */
  writeAnswers(response: ResponseDraft, node: Block, type: number, ttl: number): Ending {
    this.#writeType(response, node, type, ttl);
    if (response.answers !== 0 || response.isTruncated) return ENDING.DATA;
    const table = this.#table;
    if (!isAlias(table.words, node)) return ENDING.NO_DATA;
    const end = writeAliases(response, table.words, node, ttl);
    if (response.isTruncated || !table.isOurs(end) || isAlias(table.words, end)) {
      return ENDING.DATA;
    }
    if (!table.exists(end)) return ENDING.NO_NAME;
    const aliases = response.answers;
    this.#writeType(response, end, type, ttl);
    return response.answers > aliases || response.isTruncated ? ENDING.DATA : ENDING.NO_DATA;
  }

  /** Writes the SOA of a negative answer (RFC 2308 section 3); its owner ends the question's name. */
  writeNegative(response: ResponseDraft, nameLength: number, ttl: number): void {
    const ownerAt = HEADER_OCTETS + nameLength - this.#table.origin.length;
    const negativeTtl = ttl < this.#negativeTtl ? ttl : this.#negativeTtl;
    const fits = this.#soa.write(response, ownerAt, negativeTtl, this.#table.serial);
    if (fits) response.authorities++;
  }

  #writeType(response: ResponseDraft, node: Block, type: number, ttl: number): void {
    const table = this.#table;
    if (type === RR_TYPE.ANY) {
      this.#writeAny(response, node, ttl);
    } else if (type === RR_TYPE.SOA) {
      if (node === table.apex) this.#writeStart(response, ttl);
    } else {
      const rrset = table.rrset(node, type);
      if (rrset !== 0) this.#writeRRset(response, node, rrset, ttl, true);
    }
  }

  #writeStart(response: ResponseDraft, ttl: number): void {
    if (this.#soa.write(response, response.ownerAt, ttl, this.#table.serial)) response.answers++;
  }

  #writeRRset(
    response: ResponseDraft,
    node: Block,
    rrset: Block,
    ttl: number,
    withAdditionals: boolean,
  ): void {
    const { words } = this.#table;
    const type = words[rrset + RRSET.TYPE];
    if (type === RR_TYPE.A || type === RR_TYPE.AAAA) {
      writeAddresses(response, words, node, rrset, this.#order, ttl, this.#answerLimit);
    } else if (type === RR_TYPE.TXT) {
      writeTexts(response, words, node, rrset, this.#order, ttl);
    } else {
      writeTargets(response, this.#table, node, rrset, this.#order, ttl, withAdditionals);
    }
  }

  /** All RRsets of a name where they are short, else one that stands for all (RFC 8482). */
  #writeAny(response: ResponseDraft, node: Block, ttl: number): void {
    const { words, apex } = this.#table;
    if (node === apex) this.#writeStart(response, ttl);
    const first = words[node + NODE.RRSETS];
    let octets = 0;
    for (let rrset = first; rrset !== 0; rrset = words[rrset + RRSET.NEXT]) {
      octets += rrsetOctets(words, rrset);
    }
    const room = Math.min(response.start + ANY_OCTETS, response.end) - response.at;
    for (let rrset = first; rrset !== 0; rrset = words[rrset + RRSET.NEXT]) {
      // Additional records come after all answers, so only the last RRset may bring them.
      const isLast = octets > room || words[rrset + RRSET.NEXT] === 0;
      this.#writeRRset(response, node, rrset, ttl, isLast);
      if (isLast) break;
    }
  }
}

/** Octets of all records of an RRset, names uncompressed but for the owner. */
function rrsetOctets(words: Int32Array, rrset: Block): number {
  const type = words[rrset + RRSET.TYPE];
  const count = words[rrset + RRSET.COUNT];
  const targets = words[rrset + RRSET.TARGET_OCTETS];
  if (type === RR_TYPE.SRV) return count * (RECORD_OCTETS + SRV_OCTETS) + targets;
  if (targetWord(type) >= 0 || type === RR_TYPE.TXT) return count * RECORD_OCTETS + targets;
  return count * (RECORD_OCTETS + 4 * recordWords(type));
}
