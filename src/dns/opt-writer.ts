import type { ClientSubnet } from './client-subnet.ts';
import { EDNS_OPTION, RCODE, RR_TYPE } from './codes.ts';
import type { ClientView, Octets } from './octets.ts';
import { OPT_OCTETS, type QueryView } from './query-view.ts';
import { CLIENT_COOKIE_OCTETS, ServerCookies } from './server-cookie.ts';

/** What we say of ourselves in OPT records. */
export interface EdnsSettings {
  /** The largest UDP message we take and send, in octets. */
  readonly udpPayloadMax: number;
  /** Who we are, for clients that ask (NSID, RFC 5001); cut after 128 octets. */
  readonly identity?: Octets | undefined;
  /** 16 octets; without it cookies are ignored as any unknown option. */
  readonly cookieSecret?: Octets | undefined;
  /** How long we keep an idle TCP connection (RFC 7828); 0 says nothing about it. */
  readonly tcpIdleMs?: number | undefined;
}

/** How long a secondary may answer for the zone, for those who ask with a SOA query (RFC 7314). */
export interface ExpireOffer {
  /** Octets of the apex's name, the root's zero octet among them. */
  readonly nameLength: number;
  readonly seconds: number;
}

/** Octets of an extended error without a text (RFC 8914), as an option. */
export const EXTENDED_ERROR_OCTETS = 6;
const OPTION_HEAD = 4;
/** With this, all options at once and the longest question leave room for an answer in 512 octets. */
const MAX_IDENTITY_OCTETS = 128;
const KEEPALIVE_OCTETS = 2;
const EXPIRE_OCTETS = 4;

/**
 * Writes the OPT record of a response (RFC 6891): version 0, DO as in the query, and the options
 * that answer those of the query. One object a thread: `prepare` for each query with an OPT record,
 * then `write`. Allocates nothing.
 */
export class OptWriter {
  /** The time cookies are made and checked by; set it at least every minute. */
  nowSeconds = 0;
  /** What a query must be told after `prepare`: NOERROR, BADVERS, FORMERR for a wrong client subnet. */
  rcode: number = RCODE.NOERROR;
  readonly #settings: EdnsSettings;
  readonly #identity: Octets;
  readonly #cookies: ServerCookies | undefined;
  readonly #client: ClientView;
  readonly #expire: ExpireOffer | undefined;
  readonly #subnet: ClientSubnet | undefined;
  #wantsIdentity = false;
  #wantsKeepalive = false;
  #wantsExpire = false;
  #hasCookie = false;
  #dnssecOk = false;

  /** Without a `subnet` that option is passed over as any unknown one. */
  constructor(
    settings: EdnsSettings,
    client: ClientView,
    expire?: ExpireOffer,
    subnet?: ClientSubnet,
  ) {
    this.#settings = settings;
    this.#identity = (settings.identity ?? new Uint8Array()).subarray(0, MAX_IDENTITY_OCTETS);
    this.#cookies = settings.cookieSecret && new ServerCookies(settings.cookieSecret);
    this.#client = client;
    this.#expire = expire;
    this.#subnet = subnet;
  }

  /**
   * Reads the query's options. Returns how many octets the OPT record will take, without an extended
   * error; -1 when the options are malformed. Sets the client's `hasValidCookie` when it is true.
   */
  prepare(view: QueryView, query: Octets): number {
    this.#wantsIdentity = this.#wantsKeepalive = this.#hasCookie = this.#wantsExpire = false;
    this.#dnssecOk = view.dnssecOk;
    this.rcode = view.ednsVersion === 0 ? RCODE.NOERROR : RCODE.BADVERS;
    let at = view.optionsAt;
    while (at < view.optionsEnd) {
      if (at + OPTION_HEAD > view.optionsEnd) return this.#malformed();
      const code = (query[at] << 8) | query[at + 1];
      const length = (query[at + 2] << 8) | query[at + 3];
      at += OPTION_HEAD;
      if (at + length > view.optionsEnd || !this.#take(query, code, at, length))
        return this.#malformed();
      if (code === EDNS_OPTION.EXPIRE) this.#wantsExpire = this.#isExpireOf(view);
      at += length;
    }
    return OPT_OCTETS + this.#optionOctets();
  }

  /** Writes the record and returns the offset behind it. `extendedError` is -1 for none. */
  write(octets: Octets, at: number, rcode: number, extendedError: number): number {
    const hasError = extendedError >= 0;
    const length = this.#optionOctets() + (hasError ? EXTENDED_ERROR_OCTETS : 0);
    octets[at] = 0;
    putPair(octets, at + 1, RR_TYPE.OPT);
    putPair(octets, at + 3, this.#settings.udpPayloadMax);
    octets[at + 5] = rcode >>> 4;
    octets[at + 6] = 0;
    putPair(octets, at + 7, this.#dnssecOk ? 0x8000 : 0);
    putPair(octets, at + 9, length);
    let next = at + OPT_OCTETS;
    if (hasError) {
      next = putHead(octets, next, EDNS_OPTION.EXTENDED_ERROR, 2);
      putPair(octets, next, extendedError);
      next += 2;
    }
    if (length !== 0) next = this.#writeOptions(octets, next);
    // The next query may come without an OPT record, and then nobody prepares for it.
    this.#subnet?.forget();
    return next;
  }

  #malformed(): -1 {
    this.#subnet?.forget();
    return -1;
  }

  #writeOptions(octets: Octets, at: number): number {
    let next = at;
    if (this.#wantsIdentity) {
      next = putHead(octets, next, EDNS_OPTION.NSID, this.#identity.length);
      for (let index = 0; index < this.#identity.length; index++) {
        octets[next++] = this.#identity[index];
      }
    }
    if (this.#wantsKeepalive) {
      next = putHead(octets, next, EDNS_OPTION.KEEPALIVE, KEEPALIVE_OCTETS);
      putPair(octets, next, this.#keepaliveUnits);
      next += KEEPALIVE_OCTETS;
    }
    if (this.#wantsExpire && this.#expire) {
      next = putHead(octets, next, EDNS_OPTION.EXPIRE, EXPIRE_OCTETS);
      putPair(octets, next, this.#expire.seconds >>> 16);
      putPair(octets, next + 2, this.#expire.seconds);
      next += EXPIRE_OCTETS;
    }
    if (this.#subnet?.isShown) {
      next = putHead(octets, next, EDNS_OPTION.CLIENT_SUBNET, this.#subnet.optionOctets);
      next = this.#subnet.write(octets, next);
    }
    if (this.#hasCookie && this.#cookies) {
      const { cookie } = this.#cookies;
      next = putHead(octets, next, EDNS_OPTION.COOKIE, cookie.length);
      for (let index = 0; index < cookie.length; index++) octets[next++] = cookie[index];
    }
    return next;
  }

  /** Notes one option of the query; false when it is malformed. */
  #take(query: Octets, code: number, at: number, length: number): boolean {
    if (code === EDNS_OPTION.NSID) this.#wantsIdentity = this.#identity.length > 0;
    if (code === EDNS_OPTION.KEEPALIVE) {
      this.#wantsKeepalive = this.#client.isTcp && this.#keepaliveUnits > 0;
    }
    if (code === EDNS_OPTION.CLIENT_SUBNET && this.#subnet?.take(query, at, length) === false) {
      this.rcode = RCODE.FORMERR;
    }
    if (code !== EDNS_OPTION.COOKIE || !this.#cookies) return true;
    if (!isCookieLength(length)) return false;
    this.#hasCookie = true;
    const client = this.#client;
    client.hasValidCookie = this.#cookies.renew(query, at, length, client, this.nowSeconds);
    return true;
  }

  /** Within our zone only the apex has a name of its length. */
  #isExpireOf({ type, nameLength }: QueryView): boolean {
    return type === RR_TYPE.SOA && nameLength === this.#expire?.nameLength;
  }

  #optionOctets(): number {
    let length = 0;
    if (this.#wantsIdentity) length += OPTION_HEAD + this.#identity.length;
    if (this.#wantsKeepalive) length += OPTION_HEAD + KEEPALIVE_OCTETS;
    if (this.#wantsExpire) length += OPTION_HEAD + EXPIRE_OCTETS;
    if (this.#subnet?.isShown) length += OPTION_HEAD + this.#subnet.optionOctets;
    if (this.#hasCookie && this.#cookies) length += OPTION_HEAD + this.#cookies.cookie.length;
    return length;
  }

  /** RFC 7828 counts in tenths of a second. */
  get #keepaliveUnits(): number {
    return Math.min(0xffff, Math.floor((this.#settings.tcpIdleMs ?? 0) / 100));
  }
}

/** A client cookie alone, or one with a server cookie of 8 to 32 octets (RFC 7873 section 4). */
export function isCookieLength(length: number): boolean {
  return length === CLIENT_COOKIE_OCTETS || (length >= 16 && length <= 40);
}

function putHead(octets: Octets, at: number, code: number, length: number): number {
  putPair(octets, at, code);
  putPair(octets, at + 2, length);
  return at + OPTION_HEAD;
}

function putPair(octets: Octets, at: number, value: number): void {
  octets[at] = value >>> 8;
  octets[at + 1] = value;
}
