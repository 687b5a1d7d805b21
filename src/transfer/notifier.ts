import {
  HEADER_OCTETS,
  MessageWriter,
  type Octets,
  OPCODE,
  RCODE,
  RR_TYPE,
  readName,
} from '../dns/index.ts';
import type { Backoff, Cancel, Clock, Random } from '../runtime/index.ts';
import { fullJitterBackoff } from '../runtime/index.ts';
import type { NotifySocket } from './notify-socket.ts';
import type { TransferZone } from './transfer-zone.ts';
import { type TsigKey, tsigSigner } from './tsig.ts';

/** A DNS server that follows our zone. */
export interface Secondary {
  /** Canonical text of an IP address. */
  readonly address: string;
  readonly port: number;
  /** Signs our notifications to it. */
  readonly key: TsigKey | undefined;
}

/** How far a secondary has been told. */
export interface SecondaryStatus {
  readonly address: string;
  readonly port: number;
  /** `refused`: it answered that it does not take notifications from us. */
  readonly state: 'idle' | 'notifying' | 'acknowledged' | 'refused' | 'silent';
  /** The serial of the last notification, and of the last one that was acknowledged. */
  readonly notifiedSerial: number | undefined;
  readonly acknowledgedSerial: number | undefined;
  /** Notifications sent since the start, tries again among them. */
  readonly sent: number;
}

/** Whom to notify of which zone, and by what means. */
export interface NotifierOptions {
  readonly secondaries: readonly Secondary[];
  /** The least time between two notifications of new serials to one secondary. */
  readonly minGapMs: number;
  /** The version to tell of: one that whoever asks gets; undefined while there is none. */
  readonly zone: () => TransferZone | undefined;
  readonly socket: NotifySocket;
  readonly clock: Clock;
  readonly random: Random;
}

/** RFC 1996 section 3.6: five tries or so; then the secondary's own refresh must do. */
const MAX_TRIES = 6;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 60_000;
const FLAGS = (OPCODE.NOTIFY << 11) | 0x0400;

/** Tells secondaries of new versions of the zone (RFC 1996). */
export class Notifier {
  readonly #targets: readonly Target[];

  constructor(options: NotifierOptions) {
    this.#targets = options.secondaries.map(secondary => new Target(secondary, options));
    options.socket.onMessage((octets, address, port) => {
      for (const target of this.#targets) target.hear(octets, address, port);
    });
  }

  /** Call it after each new version to tell of. */
  zoneChanged(): void {
    for (const target of this.#targets) target.zoneChanged();
  }

  status(): readonly SecondaryStatus[] {
    return this.#targets.map(target => target.status());
  }

  close(): void {
    for (const target of this.#targets) target.stop();
  }
}

class Target {
  readonly #secondary: Secondary;
  readonly #options: NotifierOptions;
  readonly #backoff: Backoff;
  #cancel: Cancel | undefined;
  #lastNewsMs = Number.NEGATIVE_INFINITY;
  #state: SecondaryStatus['state'] = 'idle';
  #id = 0;
  #tries = 0;
  #sent = 0;
  #notifiedSerial: number | undefined;
  #acknowledgedSerial: number | undefined;

  constructor(secondary: Secondary, options: NotifierOptions) {
    this.#secondary = secondary;
    this.#options = options;
    this.#backoff = fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, options.random);
  }

  /** Many changes within the gap become one notification, of the last of them. */
  zoneChanged(): void {
    const { clock, minGapMs } = this.#options;
    const waitMs = Math.max(0, this.#lastNewsMs + minGapMs - clock.monotonic());
    this.#tries = 0;
    this.#backoff.reset();
    this.#later(waitMs, () => {
      this.#lastNewsMs = clock.monotonic();
      this.#try();
    });
  }

  /**
   * An answer with our id from the secondary's address. An error ends the tries as well: it would be
   * the same the next time (RFC 1996 section 3.6).
   */
  hear(octets: Octets, address: string, port: number): void {
    const { address: ours, port: ourPort } = this.#secondary;
    if (this.#state !== 'notifying' || address !== ours || port !== ourPort) return;
    const isAnswer = octets.length >= 12 && (octets[2] & 0xf8) === (0x80 | (OPCODE.NOTIFY << 3));
    if (!isAnswer || ((octets[0] << 8) | octets[1]) !== this.#id) return;
    if (!this.#isOfZone(octets)) return;
    this.#cancel?.();
    const isTaken = (octets[3] & 0xf) === RCODE.NOERROR;
    this.#state = isTaken ? 'acknowledged' : 'refused';
    if (isTaken) this.#acknowledgedSerial = this.#notifiedSerial;
  }

  /** Another zone's notification may have our id; an answer may also come without its question. */
  #isOfZone(octets: Octets): boolean {
    const asked = octets[5] === 1 ? readName(octets, HEADER_OCTETS, octets.length) : undefined;
    return asked === undefined || asked.name === this.#options.zone()?.origin;
  }

  status(): SecondaryStatus {
    return {
      address: this.#secondary.address,
      port: this.#secondary.port,
      state: this.#state,
      notifiedSerial: this.#notifiedSerial,
      acknowledgedSerial: this.#acknowledgedSerial,
      sent: this.#sent,
    };
  }

  stop(): void {
    this.#cancel?.();
  }

  #try(): void {
    const zone = this.#options.zone();
    if (!zone) return;
    if (this.#tries++ === MAX_TRIES) {
      this.#state = 'silent';
      return;
    }
    this.#state = 'notifying';
    this.#id = this.#options.random.below(0x10000);
    this.#notifiedSerial = zone.serial;
    this.#sent++;
    const { address, port } = this.#secondary;
    this.#options.socket.send(this.#message(zone), address, port);
    // A pause of nothing would make of the jitter a burst.
    this.#later(FIRST_PAUSE_MS + this.#backoff.next(), () => this.#try());
  }

  #message(zone: TransferZone): Octets {
    const writer = new MessageWriter(512);
    writer.header(this.#id, FLAGS);
    writer.question(zone.origin, RR_TYPE.SOA);
    writer.soa('answer', zone.origin, zone.soa, zone.serial, zone.ttlSeconds);
    const message = writer.finish();
    const { key } = this.#secondary;
    const nowSeconds = Math.floor(this.#options.clock.now() / 1000);
    return key ? tsigSigner(key, undefined).sign(message, nowSeconds) : message;
  }

  #later(delayMs: number, fire: () => void): void {
    this.#cancel?.();
    this.#cancel = this.#options.clock.after(delayMs, fire);
  }
}
