import type { Octets } from '../dns/index.ts';

/**
 * A response while the hot path writes it. One object a thread, begun anew for each query. Offsets
 * are those of `octets`; `start` is where the message begins.
 */
export class ResponseDraft {
  octets: Octets = new Uint8Array();
  start = 0;
  /** Where the next octet goes. */
  at = 0;
  /** Where records must end. */
  end = 0;
  answers = 0;
  authorities = 0;
  additionals = 0;
  /** Answers were left out. */
  isTruncated = false;

  begin(octets: Octets, start: number, end: number): void {
    this.octets = octets;
    this.start = start;
    this.at = start;
    this.end = end;
    this.answers = 0;
    this.authorities = 0;
    this.additionals = 0;
    this.isTruncated = false;
  }

  copy(from: Octets, start: number, end: number): void {
    const octets = this.octets;
    let at = this.at;
    for (let index = start; index < end; index++) octets[at++] = from[index];
    this.at = at;
  }

  pair(value: number): void {
    const at = this.at;
    this.octets[at] = value >>> 8;
    this.octets[at + 1] = value;
    this.at = at + 2;
  }

  word(value: number): void {
    const at = this.at;
    const octets = this.octets;
    octets[at] = value >>> 24;
    octets[at + 1] = value >>> 16;
    octets[at + 2] = value >>> 8;
    octets[at + 3] = value;
    this.at = at + 4;
  }

  /** An owner that stands `offset` octets behind the message's start, then type IN and a TTL. */
  head(offset: number, type: number, ttl: number): void {
    this.pair(0xc000 | offset);
    this.fixed(type, ttl);
  }

  /** What follows an owner: type, class IN, TTL. */
  fixed(type: number, ttl: number): void {
    this.word((type << 16) | 1);
    this.word(ttl);
  }

  /** Completes the header, whose id, flags and first count were copied from the query. */
  finish(flags: number, rcode: number, additionals: number): void {
    const { octets, start } = this;
    octets[start + 2] = flags >>> 8;
    octets[start + 3] = (flags & 0xf0) | (rcode & 0x0f);
    octets[start + 6] = this.answers >>> 8;
    octets[start + 7] = this.answers;
    octets[start + 8] = 0;
    octets[start + 9] = this.authorities;
    octets[start + 10] = additionals >>> 8;
    octets[start + 11] = additionals;
  }
}
