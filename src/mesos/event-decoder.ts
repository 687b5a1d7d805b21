import type { ClusterEvent } from './cluster-event.ts';
import type { StateFault } from './cluster-state.ts';
import { decodeEvent } from './decode-event.ts';
import { field, type Report } from './json-fields.ts';
import type { Leader } from './master-state.ts';
import { RecordReader, type RecordSink } from './record-io.ts';
import type { StateBody, StateReader } from './state-reader.ts';

/** The octets by which a snapshot is known. */
const HEAD_OCTETS = 64;

/**
 * Reads the stream that SUBSCRIBE opens: octets in, events out. A snapshot is read span by span as it
 * comes, so that it is never held as a whole.
 */
export class EventDecoder {
  readonly #records = new RecordReader(this.#sink());
  readonly #reader: StateReader;
  readonly #leader: Leader;
  #events: ClusterEvent[] = [];
  #pieces: Buffer[] = [];
  #octets = 0;
  #snapshot: StateBody | undefined;

  /**
   * @param reader Reads the snapshots; the same for all streams and bodies, so that it knows what was.
   * @param leader The master that was asked: the stream does not say who leads.
   */
  constructor(reader: StateReader, leader: Leader) {
    this.#reader = reader;
    this.#leader = leader;
  }

  /**
   * Takes the next octets, cut anywhere; they are not kept.
   *
   * @returns The events that are whole now, in their order; often none.
   * @throws {StateError} When the stream cannot be followed any further.
   */
  write(octets: Uint8Array): readonly ClusterEvent[] {
    this.#events = [];
    this.#records.write(octets);
    return this.#events;
  }

  /** After the last octet. @throws {StateError} `truncated`, inside a record. */
  finish(): void {
    this.#records.finish();
  }

  #sink(): RecordSink {
    return {
      begin: () => {
        this.#pieces = [];
        this.#octets = 0;
        this.#snapshot = undefined;
      },
      piece: octets => this.#piece(octets),
      end: () => this.#end(),
    };
  }

  #piece(octets: Uint8Array): void {
    if (this.#snapshot) this.#snapshot.write(octets);
    else this.#keep(octets);
  }

  #keep(octets: Uint8Array): void {
    const before = this.#octets;
    this.#pieces.push(Buffer.from(octets));
    this.#octets += octets.byteLength;
    if (before >= HEAD_OCTETS || this.#octets < HEAD_OCTETS) return;
    const head = Buffer.concat(this.#pieces);
    if (!isSnapshot(head.toString('latin1', 0, HEAD_OCTETS))) return;
    this.#snapshot = this.#reader.begin(this.#leader);
    this.#snapshot.write(head);
    this.#pieces = [];
  }

  #end(): void {
    const octets = Buffer.concat(this.#pieces);
    const json = this.#snapshot ? undefined : parse(octets);
    if (this.#snapshot) this.#add({ kind: 'subscribed', state: this.#snapshot.finish() });
    else if (field(json, 'type') !== 'SUBSCRIBED') this.#decode(json);
    else this.#add({ kind: 'subscribed', state: this.#reader.read(octets, this.#leader) });
  }

  #decode(json: unknown): void {
    const faults: StateFault[] = [];
    const report: Report = (cause, where) => faults.push({ cause, where });
    const event = decodeEvent(json, report, this.#reader.details);
    if (faults.length > 0) this.#add({ kind: 'faults', faults });
    if (event) this.#add(event);
  }

  #add(event: ClusterEvent): void {
    this.#events.push(event);
  }
}

/** Keys come in the declared order, `type` first, or sorted by name. */
function isSnapshot(head: string): boolean {
  return /^\s*\{\s*"(?:type"\s*:\s*"SUBSCRIBED"|subscribed")/.test(head);
}

/** A record that is no JSON is an event that cannot be used. */
function parse(octets: Buffer): unknown {
  try {
    return JSON.parse(octets.toString('utf8'));
  } catch {
    return undefined;
  }
}
