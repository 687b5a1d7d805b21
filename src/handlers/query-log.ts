import {
  type AnswerInto,
  addressFromOctets,
  type Client,
  type ClientView,
  HEADER_OCTETS,
  type Octets,
  RCODE,
  readName,
  typeName,
} from '../dns/index.ts';
import type { Clock, Log, LogFields, Random } from '../runtime/index.ts';
import type { SlowPath } from './handler.ts';

/** How much of the queries is logged. */
export interface QueryLogOptions {
  /** One in so many, drawn at random; at least 1. */
  readonly oneIn: number;
  /** The most lines a second; what goes beyond is counted in the next line. */
  readonly perSecond: number;
}

/** What the log needs of the world. */
export interface QueryLogWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The two ways of answering: the hot path, and what it leaves over. */
export interface AnswerPaths {
  readonly answerInto: AnswerInto;
  readonly slow: SlowPath;
}

const SECOND_MS = 1000;
/** A question fits into them: header, name, type and class. */
const MOST_OCTETS = HEADER_OCTETS + 255 + 4;
const FLAGS = { aa: 0x0400, tc: 0x0200, rd: 0x0100, ra: 0x0080 } as const;
const RCODE_NAMES = new Map<number, string>(
  Object.entries(RCODE)
    .toReversed()
    .map(([name, code]) => [code, name]),
);

/**
 * Logs a few queries with what they were answered. Only a count is kept beside the others; of one that
 * is drawn the octets are copied, and made a line of once the batch it came in is over.
 */
class QueryLog {
  readonly #options: QueryLogOptions;
  readonly #world: QueryLogWorld;
  #left: number;
  #windowMs = Number.NEGATIVE_INFINITY;
  #said = 0;
  #unsaid = 0;

  constructor(options: QueryLogOptions, world: QueryLogWorld) {
    this.#options = options;
    this.#world = world;
    this.#left = this.#draw();
  }

  /** `inner`, whose answers may be logged; `client` is who asks. */
  hot(inner: AnswerInto, client: ClientView): AnswerInto {
    return (query, start, end, response, at, limit) => {
      const length = inner(query, start, end, response, at, limit);
      if (length !== 0 && --this.#left === 0) {
        this.#left = this.#draw();
        const { address, transport } = whoAsks(client);
        const head = length > 0 ? response.slice(at, at + HEADER_OCTETS) : undefined;
        this.#take(query.subarray(start, end), { address, transport }, head, length);
      }
      return length;
    };
  }

  /** The same for what the hot path leaves over. */
  slow(inner: SlowPath): SlowPath {
    return (octets, client, maxOctets) => {
      const answer = inner(octets, client, maxOctets);
      if (--this.#left > 0) return answer;
      this.#left = this.#draw();
      const take = (response: Octets | undefined) =>
        this.#take(octets, client, response, response?.length ?? 0);
      if (answer === undefined) take(undefined);
      else answer.then(take, () => {});
      return answer;
    };
  }

  /** How many queries until the next one; on average as many as the options say. */
  #draw(): number {
    return 1 + this.#world.random.below(2 * this.#options.oneIn - 1);
  }

  #take(
    query: Octets,
    client: Omit<Client, 'port'>,
    response: Octets | undefined,
    length: number,
  ): void {
    const { clock, log } = this.#world;
    if (!this.#hasRoom(clock.monotonic())) {
      this.#unsaid++;
      return;
    }
    const asked = query.slice(0, MOST_OCTETS);
    const unsaid = this.#unsaid > 0 ? { unsaid: this.#unsaid } : {};
    this.#unsaid = 0;
    clock.after(0, () => {
      const { address, transport } = client;
      const fields = { client: address, transport, ...question(asked) };
      log.info('query', { ...fields, ...outcome(response, length), ...unsaid });
    });
  }

  #hasRoom(nowMs: number): boolean {
    if (nowMs >= this.#windowMs + SECOND_MS) {
      this.#windowMs = nowMs;
      this.#said = 0;
    }
    return ++this.#said <= this.#options.perSecond;
  }
}

/** Both paths as they are, unless some queries are to be logged. `client` is who asks. */
export function withQueryLog(
  options: QueryLogOptions | undefined,
  { answerInto, slow }: AnswerPaths,
  client: ClientView,
  world: QueryLogWorld,
): AnswerPaths {
  if (!options) return { answerInto, slow };
  const queryLog = new QueryLog(options, world);
  return { answerInto: queryLog.hot(answerInto, client), slow: queryLog.slow(slow) };
}

function whoAsks({ octets, at, length, isTcp }: ClientView): Omit<Client, 'port'> {
  return {
    address: addressFromOctets(octets, at, length).text,
    transport: isTcp ? 'tcp' : 'udp',
  };
}

/** Nothing of a query that cannot be read; in a name what is not printable is escaped. */
function question(octets: Octets): LogFields {
  const read = readName(octets, HEADER_OCTETS, octets.length);
  if (!read || read.next + 4 > octets.length) return {};
  return { name: read.name, type: typeName((octets[read.next] << 8) | octets[read.next + 1]) };
}

/** What the header of a response says; nothing of a query that got none. */
function outcome(response: Octets | undefined, length: number): LogFields {
  if (!response) return { rcode: 'none' };
  const bits = (response[2] << 8) | response[3];
  const rcode = bits & 0x0f;
  return {
    rcode: RCODE_NAMES.get(rcode) ?? `RCODE${rcode}`,
    flags: Object.entries(FLAGS).flatMap(([name, bit]) => ((bits & bit) === 0 ? [] : [name])),
    answers: (response[6] << 8) | response[7],
    octets: length,
  };
}
