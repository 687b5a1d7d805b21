import type { Answering } from './answering.ts';
import type { Meter } from './counters.ts';
import type { TcpLimits } from './tcp-limits.ts';
import type { Scratch } from './tcp-writer.ts';

/** What all TCP connections of a thread share. */
export interface ConnectionContext {
  readonly answering: Answering;
  readonly limits: TcpLimits;
  readonly meter: Meter;
  readonly scratch: Scratch;
  /** Where sockets put what they read, one after the other. */
  readonly input: Buffer;
}
