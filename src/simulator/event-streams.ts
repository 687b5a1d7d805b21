import type { ServerResponse } from 'node:http';
import type { Clock } from '../runtime/index.ts';
import type { JsonObject } from './model.ts';
import { HEARTBEAT } from './v1-json.ts';

/** A master closes its oldest stream beyond this many. */
const MAX_SUBSCRIBERS = 1000;

interface EventStream {
  readonly response: ServerResponse;
  stopHeartbeat: () => void;
  /** Its other end hears nothing any more, and does not know. */
  isHalfOpen: boolean;
}

/**
 * The subscribers of one master. Each gets records in RecordIO: the length in octets, a line feed,
 * the JSON; a record a chunk, as Mesos writes them.
 */
export class EventStreams {
  readonly #streams = new Set<EventStream>();
  readonly #clock: Clock;
  readonly #heartbeatMs: number;
  #isSilent = false;
  readonly #held: Buffer[] = [];

  constructor(clock: Clock, heartbeatMs: number) {
    this.#clock = clock;
    this.#heartbeatMs = heartbeatMs;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Begins a stream: the snapshot and at once a heartbeat, then one every `heartbeatMs`. */
  add(response: ServerResponse, snapshot: JsonObject): void {
    const stream: EventStream = { response, stopHeartbeat: () => {}, isHalfOpen: false };
    this.#streams.add(stream);
    response.on('close', () => {
      stream.stopHeartbeat();
      this.#streams.delete(stream);
    });
    response.write(record(snapshot));
    response.write(record(HEARTBEAT));
    this.#beat(stream);
    const [oldest] = this.#streams;
    if (this.#streams.size > MAX_SUBSCRIBERS) oldest.response.socket?.destroy();
  }

  send(event: () => JsonObject): void {
    if (this.#streams.size === 0) return;
    const octets = record(event());
    if (this.#isSilent) this.#held.push(octets);
    else this.#write(octets);
  }

  /** As when the process is stopped: connections stay, nothing is written. */
  silence(): void {
    this.#isSilent = true;
  }

  /** Writes what was held back. */
  resume(): void {
    this.#isSilent = false;
    for (const octets of this.#held.splice(0)) this.#write(octets);
  }

  /** The streams of now are never written to again, nor closed: what is sent is lost on the way. */
  lose(): void {
    for (const stream of this.#streams) stream.isHalfOpen = true;
  }

  /** Ends every stream in the middle of a record, `event` or else a heartbeat. */
  cut(event: JsonObject = HEARTBEAT): void {
    const octets = record(event);
    const half = octets.subarray(0, Math.ceil(octets.length / 2));
    for (const { response } of this.#streams) {
      response.write(half, () => response.socket?.destroy());
    }
  }

  /** Ends every stream as a dying process does: no last chunk. */
  end(): void {
    for (const { response } of this.#streams) response.socket?.destroy();
  }

  #beat(stream: EventStream): void {
    stream.stopHeartbeat = this.#clock.after(this.#heartbeatMs, () => {
      if (!this.#isSilent && !stream.isHalfOpen) stream.response.write(record(HEARTBEAT));
      this.#beat(stream);
    });
  }

  #write(octets: Buffer): void {
    for (const { response, isHalfOpen } of this.#streams) if (!isHalfOpen) response.write(octets);
  }
}

/** One record in RecordIO. */
export function record(event: JsonObject): Buffer {
  const json = JSON.stringify(event);
  return Buffer.from(`${Buffer.byteLength(json)}\n${json}`);
}
