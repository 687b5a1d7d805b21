const NOTHING = Buffer.alloc(0);
const LEAST_CAPACITY = 65_536;

/**
 * The octets of a stream that are looked at now: the newest piece, with what was left over of those
 * before. A piece that follows no rest is looked at where it lies, without a copy.
 */
export class OctetWindow {
  /** Valid from 0 to `end`; its memory may change with the next `add`. */
  octets: Buffer = NOTHING;
  end = 0;
  #isOwn = false;

  /** Puts a piece behind the rest. */
  add(piece: Uint8Array): void {
    if (this.end === 0) {
      this.octets = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      this.#isOwn = false;
    } else {
      this.#reserve(this.end + piece.byteLength);
      this.octets.set(piece, this.end);
    }
    this.end += piece.byteLength;
  }

  /** Forgets all before `from`; the rest moves to 0, into memory of our own. */
  keep(from: number): void {
    const rest = this.end - from;
    if (rest === 0) this.octets = NOTHING;
    else if (this.#isOwn) this.octets.copyWithin(0, from, this.end);
    else this.#copyToOwn(from, rest);
    this.end = rest;
  }

  #copyToOwn(from: number, rest: number): void {
    const own = Buffer.allocUnsafeSlow(Math.max(LEAST_CAPACITY, rest * 2));
    this.octets.copy(own, 0, from, this.end);
    this.octets = own;
    this.#isOwn = true;
  }

  #reserve(octets: number): void {
    if (octets <= this.octets.byteLength) return;
    const larger = Buffer.allocUnsafeSlow(octets * 2);
    this.octets.copy(larger, 0, 0, this.end);
    this.octets = larger;
  }
}
