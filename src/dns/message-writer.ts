import { addressOctets, ipAddress, writeIpv4 } from './address.ts';
import { RR_CLASS, RR_TYPE } from './codes.ts';
import { type DomainName, labelsOf, nameOctets } from './name.ts';
import type { Octets } from './octets.ts';
import { HEADER_OCTETS } from './query-view.ts';
import type { ResourceRecord, StartOfAuthority } from './record.ts';
import type { Serial } from './serial.ts';

/** Offsets a compression pointer can hold: 14 bits (RFC 1035 section 4.1.4). */
const MAX_POINTER = 0x3fff;
const ROOT = new Uint8Array(1);

/** The three sections behind the question, by the offset of their count in the header. */
const COUNT_AT = { answer: 6, authority: 8, additional: 10 } as const;
export type Section = keyof typeof COUNT_AT;

/**
 * Writes a DNS message record by record, with compressed owners, for messages that are not on the
 * hot path: transfers, notifications, answers of the slow path. A record that does not fit leaves
 * the message as it was.
 */
export class MessageWriter {
  readonly #octets: Octets;
  readonly #view: DataView;
  readonly #offsets = new Map<string, number>();
  #at = HEADER_OCTETS;
  #limit: number;

  /** `maxOctets` is the most the message may have, 12 to 65,535. */
  constructor(maxOctets: number) {
    this.#octets = new Uint8Array(maxOctets);
    this.#view = new DataView(this.#octets.buffer);
    this.#limit = maxOctets;
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
    this.#limit = this.#octets.length - octets;
  }

  /** Adds a record of our zone; false when it does not fit. */
  record(section: Section, record: ResourceRecord, ttlSeconds: number): boolean {
    return this.raw(section, record.owner, RR_TYPE[record.type], RR_CLASS.IN, ttlSeconds, () =>
      this.#rdata(record),
    );
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

  /**
   * Adds any record whose data is at hand as octets, or is written by a call; false when it does
   * not fit.
   */
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
    this.#uint16(type);
    this.#uint16(rrClass);
    this.#uint32(ttlSeconds);
    const lengthAt = this.#at;
    this.#uint16(0);
    if (typeof rdata === 'function') rdata();
    else this.#copy(rdata);
    if (this.#at > this.#limit) {
      this.#rollBack(start);
      return false;
    }
    this.#view.setUint16(lengthAt, this.#at - lengthAt - 2);
    const countAt = COUNT_AT[section];
    this.#view.setUint16(countAt, this.#view.getUint16(countAt) + 1);
    return true;
  }

  /** How many records a section holds. */
  count(section: Section): number {
    return this.#view.getUint16(COUNT_AT[section]);
  }

  /** The message as it stands, in octets of its own. */
  finish(): Octets {
    return this.#octets.slice(0, this.#at);
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
        this.#copy(nameOctets(record.target));
        break;
      case 'NS':
        this.#name(record.target);
        break;
      default:
        record satisfies never;
    }
  }

  /** Compressed: up to the first suffix that stands in the message already. */
  #name(name: DomainName): void {
    if (name.includes('\\')) {
      this.#escapedName(name);
      return;
    }
    for (let from = 0; from < name.length && name !== '.'; ) {
      if (this.#pointTo(from === 0 ? name : name.slice(from))) return;
      const dot = name.indexOf('.', from);
      this.#octets[this.#at++] = dot - from;
      for (; from < dot; from++) this.#octets[this.#at++] = name.charCodeAt(from);
      from++;
    }
    this.#copy(ROOT);
  }

  #escapedName(name: DomainName): void {
    const labels = labelsOf(name);
    const octets = nameOctets(name);
    let from = 0;
    for (let index = 0; index < labels.length; index++) {
      if (this.#pointTo(`${labels.slice(index).join('.')}.`)) return;
      const next = from + 1 + octets[from];
      this.#copy(octets.subarray(from, next));
      from = next;
    }
    this.#copy(ROOT);
  }

  /** Writes a pointer to a name that is known; else notes that it begins here, and says false. */
  #pointTo(name: string): boolean {
    const known = this.#offsets.get(name);
    if (known === undefined) {
      if (this.#at <= MAX_POINTER) this.#offsets.set(name, this.#at);
      return false;
    }
    this.#uint16(0xc000 | known);
    return true;
  }

  /** Writing past the end only moves the offset on; `raw` sees it and rolls back. */
  #copy(octets: Octets): void {
    if (this.#at + octets.length <= this.#octets.length) this.#octets.set(octets, this.#at);
    this.#at += octets.length;
  }

  #uint16(value: number): void {
    if (this.#at + 2 <= this.#octets.length) this.#view.setUint16(this.#at, value);
    this.#at += 2;
  }

  #uint32(value: number): void {
    if (this.#at + 4 <= this.#octets.length) this.#view.setUint32(this.#at, value);
    this.#at += 4;
  }

  #rollBack(start: number): void {
    for (const [name, offset] of this.#offsets) {
      if (offset >= start) this.#offsets.delete(name);
    }
    this.#at = start;
  }
}
