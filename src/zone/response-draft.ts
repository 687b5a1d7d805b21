import { HEADER_OCTETS, type Octets } from '../dns/index.ts';

/** Type and class, behind the name. */
const QUESTION_TAIL = 4;

/**
 * A response while the hot path writes it. One object a thread, begun anew for each query. Offsets
 * are those of `octets`; `start` is where the message begins.
 */
export class ResponseDraft {
  octets: Octets = new Uint8Array();
  /** The same octets, for writing several at a time; made anew when another buffer comes. */
  view: DataView = new DataView(new ArrayBuffer(0));
  start = 0;
  /** Where the next octet goes. */
  at = 0;
  /** Where records must end. */
  end = 0;
  answers = 0;
  authorities = 0;
  additionals = 0;
  /** Where the owner of answers stands, behind the start: in the question, or in an alias before. */
  ownerAt = HEADER_OCTETS;
  /** Answers were left out. */
  isTruncated = false;

  begin(octets: Octets, start: number, end: number): void {
    if (octets !== this.octets) {
      this.octets = octets;
      this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    }
    this.start = start;
    this.at = start;
    this.end = end;
    this.answers = 0;
    this.authorities = 0;
    this.additionals = 0;
    this.ownerAt = HEADER_OCTETS;
    this.isTruncated = false;
  }

  copy(from: Octets, start: number, end: number): void {
    const octets = this.octets;
    let at = this.at;
    for (let index = start; index < end; index++) octets[at++] = from[index];
    this.at = at;
  }

  /** Takes back all records, for the error that is said instead; `nameLength` is the question's. */
  dropAnswers(nameLength: number): void {
    this.at = this.start + HEADER_OCTETS + nameLength + QUESTION_TAIL;
    this.answers = 0;
    this.ownerAt = HEADER_OCTETS;
  }

  pair(value: number): void {
    const at = this.at;
    this.view.setInt16(at, value);
    this.at = at + 2;
  }

  word(value: number): void {
    const at = this.at;
    this.view.setInt32(at, value);
    this.at = at + 4;
  }

  /**
   * All of a record but its rdata: an owner that stands `offset` octets behind the message's start,
   * type, class IN, TTL, length of the rdata.
   */
  head(offset: number, type: number, ttl: number, length: number): void {
    const { view, at } = this;
    view.setInt32(at, 0xc0000000 | (offset << 16) | type);
    view.setInt32(at + 4, (1 << 16) | (ttl >>> 16));
    view.setInt32(at + 8, (ttl << 16) | length);
    this.at = at + 12;
  }

  /** The same behind an owner that is spelled out. */
  headBehindOwner(type: number, ttl: number, length: number): void {
    this.word((type << 16) | 1);
    this.word(ttl);
    this.pair(length);
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
