import { nameOctets, RR_TYPE, type StartOfAuthority } from '../dns/index.ts';
import type { ResponseDraft } from './response-draft.ts';

/** Owner pointer, type, class, TTL, length. */
const RECORD_HEAD = 12;
/** The five numbers behind the two names (RFC 1035 section 3.3.13), the serial first. */
const NUMBERS_OCTETS = 20;

/** Writes the SOA record of a zone; the serial is the one thing about it that moves. */
export class SoaWriter {
  readonly #rdata: DataView;

  constructor(soa: StartOfAuthority) {
    const names = [...nameOctets(soa.primary), ...nameOctets(soa.mailbox)];
    const rdata = Uint8Array.from([...names, ...new Uint8Array(NUMBERS_OCTETS)]);
    this.#rdata = new DataView(rdata.buffer);
    const times = [soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.negativeTtlSeconds];
    for (const [index, seconds] of times.entries()) {
      this.#rdata.setUint32(names.length + 4 + 4 * index, seconds);
    }
  }

  /**
   * Writes the record with an owner `ownerAt` octets behind the message's start. Without room for
   * it, which takes names of extraordinary length, the response is truncated instead.
   */
  write(response: ResponseDraft, ownerAt: number, ttl: number, serial: number): boolean {
    const rdata = this.#rdata;
    const length = rdata.byteLength;
    if (response.at + RECORD_HEAD + length > response.end) {
      response.isTruncated = true;
      return false;
    }
    response.head(ownerAt, RR_TYPE.SOA, ttl, length);
    const { view, at } = response;
    let index = 0;
    for (; index + 4 <= length; index += 4) view.setInt32(at + index, rdata.getInt32(index));
    for (; index < length; index++) view.setInt8(at + index, rdata.getInt8(index));
    view.setInt32(at + length - NUMBERS_OCTETS, serial);
    response.at = at + length;
    return true;
  }
}
