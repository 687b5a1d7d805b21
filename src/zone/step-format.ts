/**
 * The octets of a `DeltaStep`: operations one after another, numbers big-endian, names as on the
 * wire, lower case, with one octet of length before them. Unused octets at the end let a name be
 * read four octets at a time.
 *
 *     SET     type (1), owner, count (4), records: an address (4 or 16); or priority and weight
 *             (2 each), port (4), target; or a target alone; or the octets of a text (4)
 *             and the text
 *     REMOVE  type (1), owner
 *     SERIAL  serial (4)
 *     RESERVE names (4), words of memory (4): what the table will need in all
 */
export const OPERATION = { SET: 1, REMOVE: 2, SERIAL: 3, RESERVE: 4 } as const;

/** How many those unused octets are. */
export const STEP_PADDING = 4;

/** Reads a step from its front to its end. */
export class StepReader {
  readonly octets: Uint8Array;
  at = 0;

  constructor(octets: Uint8Array) {
    this.octets = octets;
  }

  get isAtEnd(): boolean {
    return this.at >= this.octets.length - STEP_PADDING;
  }

  octet(): number {
    return this.octets[this.at++];
  }

  pair(): number {
    return (this.octet() << 8) | this.octet();
  }

  /** A signed 32-bit word, as it goes into a slab. */
  word(): number {
    return (this.pair() << 16) | this.pair();
  }
}
