import { createHash } from 'node:crypto';
import { type Octets, RR_TYPE } from '../dns/index.ts';
import type { Clock, Counters, Random } from '../runtime/index.ts';
import type { DnssecCounter } from './counters.ts';
import type { WireRecord } from './read-records.ts';
import { canonicalOctets, labelCount, type WireRRset } from './rrset.ts';
import type { SigningKey } from './signing-key.ts';

const HOUR = 3600;
/** Signatures begin before they are made: clocks of validators may be behind. */
const BACKDATED_SECONDS = HOUR;
const VALID_SECONDS = 72 * HOUR;
/** A signature is made anew long before it ends: what is kept of it elsewhere stays good. */
const RENEWED_SECONDS = 24 * HOUR;
/** Spread, so that what was signed at one time is not renewed at one. */
const JITTER_SECONDS = 4 * HOUR;
/** About half a kilobyte each. */
const MOST_KEPT = 20_000;
/** A tenth of a core; who asks for more names that do not exist gets SERVFAIL. */
const MOST_A_SECOND = 2000;
const RRSIG_HEAD = 18;

interface Kept {
  readonly rdata: Octets;
  /** In Unix seconds. */
  readonly madeAt: number;
  readonly renewAt: number;
}

/** What signing needs of the outside. */
export interface SignerWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: Counters<DnssecCounter>;
}

/** Makes signatures, and keeps those that were asked for last by what they are made over. */
export class Signatures {
  readonly #key: SigningKey;
  readonly #signer: Octets;
  readonly #world: SignerWorld;
  readonly #kept = new Map<string, Kept>();
  #second = 0;
  #left = MOST_A_SECOND;

  /** `signer` is the zone's apex, in lower case. */
  constructor(key: SigningKey, signer: Octets, world: SignerWorld) {
    this.#key = key;
    this.#signer = signer;
    this.#world = world;
  }

  /** The RRSIG record of an RRset; undefined when too many were made in this second. */
  of(rrset: WireRRset): WireRecord | undefined {
    const octets = canonicalOctets(rrset);
    const name = createHash('sha256').update(octets).digest('base64');
    const kept = this.#fresh(name) ?? this.#make(rrset, octets);
    if (!kept) return undefined;
    // The one used last is the last to go.
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value ?? '');
    const [{ owner, ttl }] = rrset;
    return { owner, type: RR_TYPE.RRSIG, ttl, rdata: kept.rdata };
  }

  #fresh(name: string): Kept | undefined {
    const kept = this.#kept.get(name);
    const now = this.#now();
    // The clock may have been set back behind the beginning.
    if (!kept || now >= kept.renewAt || now < kept.madeAt - BACKDATED_SECONDS) return undefined;
    this.#count('signatures_kept');
    return kept;
  }

  #make(rrset: WireRRset, octets: Octets): Kept | undefined {
    if (!this.#mayMake()) {
      this.#count('signatures_refused');
      return undefined;
    }
    const now = this.#now();
    const jitter = this.#world.random.below(JITTER_SECONDS);
    const head = this.#head(rrset, now - BACKDATED_SECONDS, now + VALID_SECONDS + jitter);
    const signature = this.#key.sign(Buffer.concat([head, octets]));
    this.#count('signatures_made');
    const rdata = Uint8Array.from([...head, ...signature]);
    return { rdata, madeAt: now, renewAt: now + RENEWED_SECONDS - jitter };
  }

  /** The rdata up to the signature (RFC 4034 section 3.1). */
  #head([first]: WireRRset, inception: number, expiration: number): Octets {
    const head = Buffer.alloc(RRSIG_HEAD + this.#signer.length);
    head.writeUInt16BE(first.type, 0);
    head[2] = this.#key.algorithm;
    head[3] = labelCount(first.owner);
    head.writeUInt32BE(first.ttl, 4);
    head.writeUInt32BE(expiration >>> 0, 8);
    head.writeUInt32BE(inception >>> 0, 12);
    head.writeUInt16BE(this.#key.tag, 16);
    head.set(this.#signer, RRSIG_HEAD);
    return head;
  }

  #mayMake(): boolean {
    const second = Math.floor(this.#world.clock.monotonic() / 1000);
    if (second !== this.#second) this.#left = MOST_A_SECOND;
    this.#second = second;
    return this.#left-- > 0;
  }

  #now(): number {
    return Math.floor(this.#world.clock.now() / 1000);
  }

  #count(counter: DnssecCounter): void {
    const { values, slot } = this.#world.counters;
    values[slot[counter]]++;
  }
}
