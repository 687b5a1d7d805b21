/*
 * `struct mmsghdr` of Linux on 64-bit little-endian machines (x64 and arm64, glibc and musl alike):
 *
 *    0 name: pointer     8 name length: 32 bits, then padding
 *   16 iov: pointer     24 iov count
 *   32 control: pointer 40 control length
 *   48 flags: 32 bits, then padding
 *   56 length of the message: 32 bits, then padding to 64
 *
 * `struct iovec`: pointer at 0, length at 8, 16 octets in all.
 */

/** The size of one `struct mmsghdr`, padding included. */
export const HEADER_OCTETS = 64;
/** Where it holds the length of the socket address. */
export const NAME_LENGTH_AT = 8;
/** Where it holds the length of the control messages. */
export const CONTROL_LENGTH_AT = 40;
/** Where it holds the flags of what came. */
export const FLAGS_AT = 48;
/** Where it holds how many octets came or went. */
export const LENGTH_AT = 56;
/** The size of one `struct iovec`. */
export const IOV_OCTETS = 16;
/** Where that holds how many octets there are. */
export const IOV_LENGTH_AT = 8;
/** The flag of a datagram that was longer than its room. */
export const MSG_TRUNC = 0x20;
