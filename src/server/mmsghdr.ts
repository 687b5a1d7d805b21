/**
 * Where the fields of `struct mmsghdr` stand, in octets, on 64-bit little-endian Linux (x64 and
 * arm64, glibc and musl alike). Pointers have 64 bits, as have both counts; the length of the name,
 * the flags and the length of the message have 32, then padding.
 */
export const MMSGHDR = {
  octets: 64,
  name: 0,
  nameLength: 8,
  iov: 16,
  iovCount: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
  /** How many octets came or went. */
  length: 56,
} as const;

/** The same of `struct iovec`, both fields of 64 bits. */
export const IOVEC = { octets: 16, base: 0, length: 8 } as const;

/** The flag of a datagram that was longer than its room. */
export const MSG_TRUNC = 0x20;
