import {
  addressOctets,
  type DomainName,
  type Octets,
  type ResourceRecord,
  RR_TYPE,
  type RRset,
  type Serial,
  textOctets,
  writeIpv4,
  writeName,
} from '../dns/index.ts';
import type { DeltaStep } from './delta.ts';
import { OPERATION, STEP_PADDING } from './step-format.ts';

const FIRST_OCTETS = 2048;
/** The most one record, or the head of an operation, can take: three words and a name. */
const ROOM = 300;

/** Writes the operations of `step-format.ts`. One writer makes many steps, one after another. */
export class StepWriter {
  #octets: Octets = new Uint8Array(FIRST_OCTETS);
  #at = 0;
  #names = 0;

  /** RRsets set or removed in this step so far. */
  get names(): number {
    return this.#names;
  }

  get octets(): number {
    return this.#at;
  }

  /** What was written since the last step, as a step of its own. */
  takeStep(): DeltaStep {
    const octets = this.#octets.slice(0, this.#at + STEP_PADDING);
    octets.fill(0, this.#at);
    this.#at = 0;
    this.#names = 0;
    return { octets };
  }

  set(rrset: RRset): void {
    this.#head(OPERATION.SET, rrset);
    this.#word(rrset.records.length);
    for (const record of rrset.records) {
      this.#makeRoom();
      this.#record(record);
    }
  }

  remove(rrset: RRset): void {
    this.#head(OPERATION.REMOVE, rrset);
  }

  serial(serial: Serial): void {
    this.#makeRoom();
    this.#octets[this.#at++] = OPERATION.SERIAL;
    this.#word(serial);
  }

  reserve(names: number, words: number): void {
    this.#makeRoom();
    this.#octets[this.#at++] = OPERATION.RESERVE;
    this.#word(names);
    this.#word(words);
  }

  #head(operation: number, { owner, type }: RRset): void {
    this.#makeRoom();
    this.#names++;
    this.#octets[this.#at++] = operation;
    this.#octets[this.#at++] = RR_TYPE[type];
    this.#name(owner);
  }

  #record(record: ResourceRecord): void {
    switch (record.type) {
      case 'A':
        this.#at = writeIpv4(record.address, this.#octets, this.#at);
        break;
      case 'AAAA':
        this.#octets.set(addressOctets({ family: 6, text: record.address }), this.#at);
        this.#at += 16;
        break;
      case 'SRV':
        this.#word((record.priority << 16) | record.weight);
        this.#word(record.port);
        this.#name(record.target);
        break;
      case 'NS':
      case 'PTR':
      case 'CNAME':
        this.#name(record.target);
        break;
      case 'TXT':
        this.#text(textOctets(record.strings));
        break;
      default:
        record satisfies never;
    }
  }

  /** The octets of a name, with their number before them. */
  #name(name: DomainName): void {
    const at = this.#at;
    const end = writeName(name, this.#octets, at + 1);
    this.#octets[at] = end - at - 1;
    this.#at = end;
  }

  /** The data of a TXT record, with the number of its octets before it. */
  #text(data: Octets): void {
    this.#makeRoom(ROOM + data.length);
    this.#word(data.length);
    this.#octets.set(data, this.#at);
    this.#at += data.length;
  }

  #word(value: number): void {
    const octets = this.#octets;
    const at = this.#at;
    octets[at] = value >>> 24;
    octets[at + 1] = value >>> 16;
    octets[at + 2] = value >>> 8;
    octets[at + 3] = value;
    this.#at = at + 4;
  }

  #makeRoom(room = ROOM): void {
    if (this.#at + room <= this.#octets.length) return;
    const grown = new Uint8Array(2 * this.#octets.length + room);
    grown.set(this.#octets);
    this.#octets = grown;
  }
}
