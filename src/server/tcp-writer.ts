import type { Socket } from 'node:net';
import type { Octets } from '../dns/index.ts';
import type { ConnectionContext } from './connection-context.ts';
import { MAX_MESSAGE_OCTETS } from './framed-answer.ts';
import { frameOf } from './frames.ts';
import type { TcpLimits } from './tcp-limits.ts';

const FRAME_OCTETS = MAX_MESSAGE_OCTETS + 2;

/** The buffer that responses are written to. A write the kernel takes at once leaves it free again. */
export class Scratch {
  readonly writeOctets: number;
  buffer: Buffer;

  /** One write carries up to half of what may be unsent, or one message of the longest. */
  constructor(limits: TcpLimits) {
    this.writeOctets = Math.max(1, limits.unsentOctets >> 1);
    this.buffer = this.#fresh();
  }

  giveAway(): void {
    this.buffer = this.#fresh();
  }

  #fresh(): Buffer {
    return Buffer.allocUnsafeSlow(this.writeOctets + FRAME_OCTETS);
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
    const { scratch } = this.#context;
    this.#count(octets);
    this.#socket.write(scratch.buffer.subarray(0, octets));
    // Nothing unsent means the kernel has it all; else the write still needs the buffer.
    if (this.#socket.writableLength > 0) scratch.giveAway();
  }

  frame(message: Octets): void {
    this.#count(message.length + 2);
    this.#socket.write(frameOf(message));
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
