import { nameOctets, type Octets, RR_TYPE, type StartOfAuthority } from '../dns/index.ts';
import type { ResponseDraft } from './response-draft.ts';

/** The five numbers behind the two names (RFC 1035 section 3.3.13). */
const NUMBERS_OCTETS = 20;

/** Writes the SOA record of a zone; the serial is the one thing about it that moves. */
export class SoaWriter {
  readonly #rdata: Octets;

  constructor(soa: StartOfAuthority) {
    const primary = nameOctets(soa.primary);
    const mailbox = nameOctets(soa.mailbox);
    this.#rdata = new Uint8Array(primary.length + mailbox.length + NUMBERS_OCTETS);
    this.#rdata.set(primary);
    this.#rdata.set(mailbox, primary.length);
    const numbers = new DataView(this.#rdata.buffer, primary.length + mailbox.length);
    const times = [soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.negativeTtlSeconds];
    for (const [index, seconds] of times.entries()) numbers.setUint32(4 + 4 * index, seconds);
  }

  /** Writes the record with an owner `ownerAt` octets behind the message's start. */
  write(response: ResponseDraft, ownerAt: number, ttl: number, serial: number): void {
    const rdata = this.#rdata;
    response.head(ownerAt, RR_TYPE.SOA, ttl, rdata.length);
    const serialAt = response.at + rdata.length - NUMBERS_OCTETS;
    response.copy(rdata, 0, rdata.length);
    const end = response.at;
    response.at = serialAt;
    response.word(serial);
    response.at = end;
  }
}
