import { addressOctets, ipAddress, writeIpv4 } from './address.ts';
import { RR_CLASS, RR_TYPE } from './codes.ts';
import { CompressedNames, MAX_POINTER } from './compressed-names.ts';
import { type DomainName, writeName } from './name.ts';
import type { Octets } from './octets.ts';
import { HEADER_OCTETS } from './query-view.ts';
import type { ResourceRecord, StartOfAuthority } from './record.ts';
import type { Serial } from './serial.ts';
import { textOctets } from './text.ts';

/** A record is written before it is known to fit: two names and what stands between them. */
const OVERRUN_OCTETS = 768;

/** The three sections behind the question, by the offset of their count in the header. */
const COUNT_AT = { answer: 6, authority: 8, additional: 10 } as const;
type Section = keyof typeof COUNT_AT;

/** Room for a message of up to `maxOctets`, in which one after the other may be written. */
export function messageRoom(maxOctets: number): Octets {
  return new Uint8Array(maxOctets + OVERRUN_OCTETS);
}

/**
 * Writes a DNS message record by record, with compressed owners, for messages that are not on the
 * hot path: transfers, notifications, answers of the slow path. A record that does not fit leaves
 * the message as it was.
 */
export class MessageWriter {
  readonly #octets: Octets;
  readonly #view: DataView;
  readonly #names: CompressedNames;
  readonly #maxOctets: number;
  #at = HEADER_OCTETS;
  #limit: number;

  /** `maxOctets` is the most the message may have, 12 to 65,535; what is in `room` is overwritten. */
  constructor(maxOctets: number, room = messageRoom(maxOctets)) {
    this.#octets = room;
    this.#view = new DataView(room.buffer, room.byteOffset, room.length);
    this.#names = new CompressedNames(room);
    this.#maxOctets = maxOctets;
    this.#limit = maxOctets;
    room.fill(0, 0, HEADER_OCTETS);
  }

  /** `flags` are the two octets behind the id: QR, opcode, AA, TC, RD, RA, Z, AD, CD, rcode. */
  header(id: number, flags: number): void {
    this.#view.setUint16(0, id);
    this.#view.setUint16(2, flags);
  }

  question(name: DomainName, type: number, rrClass: number = RR_CLASS.IN): void {
    this.#name(name);
    this.#uint16(type);
    this.#uint16(rrClass);
    this.#view.setUint16(4, this.#view.getUint16(4) + 1);
  }

  /** Keeps `octets` free at the end, for a signature; without a number gives them back. */
  reserve(octets = 0): void {
    this.#limit = this.#maxOctets - octets;
  }

  /**
   * Adds answers of one owner and type, from `records[from]` on, until one does not fit; returns the
   * index of that one. A whole zone goes through here, so that of an owner only the parents are
   * looked for in the message.
   */
  answers(records: readonly ResourceRecord[], from: number, ttlSeconds: number): number {
    const { owner, type } = records[from];
    const ownerAt = this.#at;
    let index = from;
    for (; index < records.length; index++) {
      const start = this.#at;
      if (index > from && ownerAt <= MAX_POINTER) this.#uint16(0xc000 | ownerAt);
      else this.#at = this.#names.writeOneOfMany(owner, start);
      this.#fixed(RR_TYPE[type], RR_CLASS.IN, ttlSeconds);
      const dataAt = this.#at;
      this.#rdata(records[index]);
      if (!this.#fits(start, dataAt)) break;
    }
    this.#count('answer', index - from);
    return index;
  }

  /** Adds the start of authority of the zone at `origin`; false when it does not fit. */
  soa(
    section: Section,
    origin: DomainName,
    soa: StartOfAuthority,
    serial: Serial,
    ttlSeconds: number,
  ): boolean {
    return this.raw(section, origin, RR_TYPE.SOA, RR_CLASS.IN, ttlSeconds, () => {
      this.#name(soa.primary);
      this.#name(soa.mailbox);
      this.#uint32(serial);
      this.#uint32(soa.refreshSeconds);
      this.#uint32(soa.retrySeconds);
      this.#uint32(soa.expireSeconds);
      this.#uint32(soa.negativeTtlSeconds);
    });
  }

  /** Adds any record whose data is at hand as octets, or is written by a call; false when it does not fit. */
  raw(
    section: Section,
    owner: DomainName,
    type: number,
    rrClass: number,
    ttlSeconds: number,
    rdata: Octets | (() => void),
  ): boolean {
    const start = this.#at;
    this.#name(owner);
    this.#fixed(type, rrClass, ttlSeconds);
    const dataAt = this.#at;
    if (typeof rdata === 'function') rdata();
    else this.#copy(rdata);
    if (!this.#fits(start, dataAt)) return false;
    this.#count(section, 1);
    return true;
  }

  /** Adds a whole record that is at hand as octets, and for which room was kept. */
  append(section: Section, record: Octets): void {
    this.#copy(record);
    this.#count(section, 1);
  }

  /** The message as it stands, in octets of its own. */
  finish(): Octets {
    return this.written().slice();
  }

  /** The message as it stands, in the room it is written to. */
  written(): Octets {
    return this.#octets.subarray(0, this.#at);
  }

  #rdata(record: ResourceRecord): void {
    switch (record.type) {
      case 'A':
        this.#at = writeIpv4(record.address, this.#octets, this.#at);
        break;
      case 'AAAA':
        // The zone holds canonical addresses only.
        this.#copy(addressOctets(ipAddress(record.address)!));
        break;
      case 'SRV':
        this.#uint16(record.priority);
        this.#uint16(record.weight);
        this.#uint16(record.port);
        // RFC 2782: the target of an SRV record is never compressed.
        this.#at = writeName(record.target, this.#octets, this.#at);
        break;
      case 'NS':
      case 'PTR':
      case 'CNAME':
        this.#name(record.target);
        break;
      case 'TXT':
        this.#copy(textOctets(record.strings));
        break;
      default:
        record satisfies never;
    }
  }

  /** Type, class, TTL and a length that is still to come. */
  #fixed(type: number, rrClass: number, ttlSeconds: number): void {
    this.#uint16(type);
    this.#uint16(rrClass);
    this.#uint32(ttlSeconds);
    this.#at += 2;
  }

  /** Ends a record with its length; or, when it is too long for the message, takes it back. */
  #fits(start: number, dataAt: number): boolean {
    if (this.#at <= this.#limit) {
      this.#view.setUint16(dataAt - 2, this.#at - dataAt);
      return true;
    }
    this.#names.forget(start);
    this.#at = start;
    return false;
  }

  #count(section: Section, records: number): void {
    const countAt = COUNT_AT[section];
    this.#view.setUint16(countAt, this.#view.getUint16(countAt) + records);
  }

  #name(name: DomainName): void {
    this.#at = this.#names.write(name, this.#at);
  }

  /** Data past the end only moves the offset on; `#fits` sees it. */
  #copy(octets: Octets): void {
    if (this.#at + octets.length <= this.#octets.length) this.#octets.set(octets, this.#at);
    this.#at += octets.length;
  }

  #uint16(value: number): void {
    this.#octets[this.#at++] = value >> 8;
    this.#octets[this.#at++] = value;
  }

  #uint32(value: number): void {
    this.#uint16(value >>> 16);
    this.#uint16(value);
  }
}
