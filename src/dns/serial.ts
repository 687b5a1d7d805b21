declare const brand: unique symbol;
/** A zone's version: an unsigned 32-bit integer that wraps (RFC 1982). */
export type Serial = number & { readonly [brand]: 'Serial' };

/** Makes a serial of any integer, modulo 2^32. */
export function serial(value: number): Serial {
  return (value >>> 0) as Serial;
}

/**
 * Says whether serial `a` is older than serial `b` (RFC 1982 section 3.2).
 *
 * Serials are unsigned 32-bit integers that wrap: 4294967295 is older than 0. Two serials
 * exactly 2^31 apart have no order; then neither is older.
 */
export function isOlderSerial(a: Serial, b: Serial): boolean {
  const ahead = (b - a) >>> 0;
  return ahead > 0 && ahead < 2 ** 31;
}

/**
 * The serial after `previous`: the Unix time where that is newer, else one more (RFC 1982 section
 * 3.1).
 */
export function nextSerial(previous: Serial | undefined, unixSeconds: number): Serial {
  const byTime = serial(unixSeconds);
  if (previous === undefined || isOlderSerial(previous, byTime)) return byTime;
  return serial(previous + 1);
}
