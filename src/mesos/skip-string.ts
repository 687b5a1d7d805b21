const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** So far the end of a string is looked for octet by octet: nearly all strings are short. */
const NEAR_OCTETS = 24;

/**
 * Goes on inside a string, from `from`. Metadata in labels makes up most of a state, so that a long
 * string is searched by the runtime, ten times as fast as octet by octet.
 *
 * @returns The place behind its closing quote. Where that has not come yet the place to go on from,
 *   negative: `end`, or one past it when an escape is cut there.
 */
export function skipString(octets: Buffer, from: number, end: number): number {
  for (let at = from; ; ) {
    for (const near = at + NEAR_OCTETS; at < near && at < end; at++) {
      if (octets[at] === QUOTE) return at + 1;
      if (octets[at] === BACKSLASH) at++;
    }
    if (at >= end) return -at;
    const found = octets.indexOf(QUOTE, at);
    const quote = found >= 0 && found < end ? found : end;
    let escapes = 0;
    while (quote - escapes > at && octets[quote - escapes - 1] === BACKSLASH) escapes++;
    if (quote === end) return -(end + (escapes & 1));
    at = quote + 1;
    if ((escapes & 1) === 0) return at;
  }
}
