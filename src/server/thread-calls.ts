import { getPriority } from 'node:os';
import type { SystemCalls } from './system-calls.ts';

/** The number of sched_setattr; the C library of Debian 12 has no function for it. */
const SCHED_SETATTR: Readonly<Record<string, number>> = { x64: 314, arm64: 274 };
/** Leaves a policy that was chosen from outside, such as a real-time one, as it is. */
const KEEP_POLICY = 0x08;
/** Octets of `struct sched_attr` in its first version. */
const ATTRIBUTES_OCTETS = 48;

/** What a thread asks of the scheduler. A kernel that does not know it lets everything be as it was. */
export function threadCalls(library: {
  readonly syscall: (
    number: number,
    thread: number,
    attributes: Uint8Array,
    flags: number,
  ) => number;
}): Pick<SystemCalls, 'takeTurns'> {
  return {
    takeTurns: microseconds => {
      library.syscall(SCHED_SETATTR[process.arch] ?? -1, 0, attributesOf(microseconds), 0);
    },
  };
}

/** `struct sched_attr`: size, policy, flags, niceness, and as the run time the length of a turn. */
function attributesOf(microseconds: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(ATTRIBUTES_OCTETS));
  view.setUint32(0, ATTRIBUTES_OCTETS, true);
  view.setBigUint64(8, BigInt(KEEP_POLICY), true);
  view.setInt32(16, getPriority(), true);
  view.setBigUint64(24, BigInt(microseconds * 1000), true);
  return new Uint8Array(view.buffer);
}
