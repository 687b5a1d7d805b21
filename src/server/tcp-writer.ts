import type { Socket } from 'node:net';
import type { Octets } from '../dns/index.ts';
import type { ConnectionContext } from './connection-context.ts';
import { MAX_MESSAGE_OCTETS } from './framed-answer.ts';
import { frameOf } from './frames.ts';
import type { TcpLimits } from './tcp-limits.ts';

const FRAME_OCTETS = MAX_MESSAGE_OCTETS + 2;
/** Few responses are longer; a write ends with the message that fills it. */
const USUAL_FRAME_OCTETS = 8192;
/** Shorter messages are not worth a carrier, which is larger, should the kernel not take them. */
const SHORT_OCTETS = 4096;

/** Where responses are put together, and what carries them to the kernel. */
export class Scratch {
  readonly writeOctets: number;
  /** Has room for one message of the longest behind a full write. */
  readonly buffer: Buffer;
  /** Most writes fit the first; the second takes as much as the buffer. */
  readonly #carriers: [Buffer, Buffer];

  /** One write carries up to half of what may be unsent, or one message of the longest. */
  constructor(limits: TcpLimits) {
    this.writeOctets = Math.max(1, limits.unsentOctets >> 1);
    this.buffer = Buffer.allocUnsafeSlow(this.writeOctets + FRAME_OCTETS);
    const usual = Buffer.allocUnsafeSlow(this.writeOctets + USUAL_FRAME_OCTETS);
    this.#carriers = [usual, Buffer.allocUnsafeSlow(this.buffer.length)];
  }

  /**
   * Writes the first `octets` of the buffer. What carries them is free again when the kernel takes
   * all at once; else it is kept with the connection, and so it is no larger than it has to be.
   */
  writeTo(socket: Socket, octets: number): void {
    const which = octets <= this.#carriers[0].length ? 0 : 1;
    const carrier = this.#carriers[which];
    carrier.set(this.buffer.subarray(0, octets));
    socket.write(carrier.subarray(0, octets));
    if (socket.writableLength > 0) this.#carriers[which] = Buffer.allocUnsafeSlow(carrier.length);
  }
}

/** The outgoing half of a connection. */
export class TcpWriter {
  readonly #socket: Socket;
  readonly #context: ConnectionContext;

  constructor(socket: Socket, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
  }

  /** Says whether the client has to take something before more is written. */
  get isFull(): boolean {
    return this.#socket.writableLength >= this.#context.scratch.writeOctets;
  }

  /** Writes the first `octets` of the scratch buffer. */
  scratch(octets: number): void {
    this.#count(octets);
    this.#context.scratch.writeTo(this.#socket, octets);
  }

  /** Writes a message that was made elsewhere; it is the caller's again afterwards. */
  frame(message: Octets): void {
    if (message.length < SHORT_OCTETS) {
      this.#count(message.length + 2);
      this.#socket.write(frameOf(message));
      return;
    }
    const { buffer } = this.#context.scratch;
    buffer[0] = message.length >> 8;
    buffer[1] = message.length & 255;
    buffer.set(message, 2);
    this.scratch(message.length + 2);
  }

  /** Writes messages as the client takes them; ends early when the client is gone. */
  async transfer(messages: AsyncIterable<Octets>): Promise<void> {
    for await (const message of messages) {
      if (this.#socket.destroyed) break;
      this.#count(message.length + 2);
      await this.#written(message);
    }
  }

  /** Writes a message where it stands; resolves when the kernel has it all, or the client is gone. */
  #written(message: Octets): Promise<void> {
    return new Promise(resolve => {
      const go = () => {
        this.#socket.off('close', go);
        resolve();
      };
      this.#socket.on('close', go);
      this.#socket.cork();
      this.#socket.write(Buffer.of(message.length >> 8, message.length));
      this.#socket.write(message, go);
      this.#socket.uncork();
    });
  }

  #count(octets: number): void {
    const { values, slot } = this.#context.answering.counters;
    values[slot.tcp_sent_octets] += octets;
  }
}
