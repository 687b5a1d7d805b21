import {
  clientView,
  type EdnsSettings,
  EXTENDED_ERROR_OCTETS,
  type Octets,
  OptWriter,
  putWord,
  type Query,
  QueryView,
  showClient,
  wordAt,
} from '../dns/index.ts';
import type { Clock } from '../runtime/index.ts';

const NO_ERROR_CODE = -1;
const NO_OCTETS: Octets = new Uint8Array(0);
const DATA_LENGTH_AT = 9;

/** The OPT records of the slow path, each in octets of its own: the hop's options, then passed ones. */
export class ClientOpt {
  readonly #view = new QueryView();
  readonly #client = clientView();
  readonly #writer: OptWriter;
  readonly #clock: Clock;

  constructor(settings: EdnsSettings, clock: Clock) {
    this.#writer = new OptWriter(settings, this.#client);
    this.#clock = clock;
  }

  /**
   * The record for the response to `query`, empty when that has none of its own. `passed` are whole
   * options from upstream. They are left out where there is no room for them.
   */
  record(query: Query, rcode: number, extendedError: number | undefined, passed: Octets): Octets {
    if (!query.edns) return NO_OCTETS;
    showClient(this.#client, query.client);
    this.#view.dnssecOk = query.edns.dnssecOk;
    this.#view.optionsAt = query.edns.optionsAt;
    this.#view.optionsEnd = query.edns.optionsEnd;
    this.#writer.nowSeconds = Math.floor(this.#clock.now() / 1000);
    const own = this.#writer.prepare(this.#view, query.octets);
    if (own < 0) return NO_OCTETS;
    const record = new Uint8Array(own + EXTENDED_ERROR_OCTETS + passed.length);
    const end = this.#writer.write(record, 0, rcode, extendedError ?? NO_ERROR_CODE);
    if (query.question.end + end + passed.length > query.maxOctets) return record.subarray(0, end);
    record.set(passed, end);
    putWord(record, DATA_LENGTH_AT, wordAt(record, DATA_LENGTH_AT) + passed.length);
    return record.subarray(0, end + passed.length);
  }
}
