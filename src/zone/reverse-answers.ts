import {
  type AnswerInto,
  type DomainName,
  HEADER_OCTETS,
  isAtOrBelowOctets,
  knownName,
  nameOctets,
  type Octets,
  QueryView,
  SCAN,
  scanQuery,
} from '../dns/index.ts';
import { type AnswerParts, ZoneAnswers } from './answer.ts';
import { AnswerTable } from './answer-table.ts';
import type { ServingState } from './delta.ts';

const ARPA = nameOctets(knownName('arpa'));

/** A reverse zone as an answer thread has it. */
interface AnsweredZone {
  readonly origin: DomainName;
  readonly table: AnswerTable;
  readonly answers: ZoneAnswers;
}

/**
 * The hot path of reverse zones (RFC 1035 section 3.5, RFC 3596 section 2.5), each of which is
 * answered as our zone is. For names that were found not to be under the domain.
 */
export class ReverseAnswers {
  readonly zones: readonly AnsweredZone[];
  readonly #view = new QueryView();

  /** None of `origins` is below another. Questions are counted by who was asked before. */
  constructor(
    origins: readonly DomainName[],
    parts: Omit<AnswerParts, 'table' | 'countsQuestions'>,
    seed: number,
  ) {
    this.zones = origins.map(origin => {
      const table = new AnswerTable(origin, seed);
      const answers = new ZoneAnswers({ ...parts, table, countsQuestions: false });
      return { origin, table, answers };
    });
  }

  /** The table of the zone at `origin`, for the steps of its deltas. */
  tableOf(origin: DomainName | undefined): AnswerTable | undefined {
    return this.zones.find(zone => zone.origin === origin)?.table;
  }

  serve(state: ServingState): void {
    for (const { answers } of this.zones) answers.serve(state);
  }

  setTime(unixSeconds: number): void {
    for (const { answers } of this.zones) answers.setTime(unixSeconds);
  }

  readonly answerInto: AnswerInto = (query, start, end, response, at, limit) => {
    if (scanQuery(this.#view, query, start, end) !== SCAN.QUERY) return 0;
    const answers = this.#find(query, start + HEADER_OCTETS, this.#view.nameLength);
    return answers ? answers.answerInto(query, start, end, response, at, limit) : 0;
  };

  #find(octets: Octets, at: number, length: number): ZoneAnswers | undefined {
    if (!isAtOrBelowOctets(octets, at, length, ARPA)) return undefined;
    for (const { table, answers } of this.zones) {
      if (table.holds(octets, at, length)) return answers;
    }
    return undefined;
  }
}
