import {
  type Client,
  type DomainName,
  messageRoom,
  type Octets,
  type Query,
  RCODE,
  RR_TYPE,
  readName,
  type Serial,
  serial,
} from '../dns/index.ts';
import { isTransferQuery, refusal, transferMessages } from './transfer-messages.ts';
import {
  emptyTransfer,
  fullTransfer,
  incrementalTransfer,
  type TransferPart,
  type TransferZone,
} from './transfer-zone.ts';
import {
  signRefusal,
  TSIG_ERROR_NAMES,
  type TsigKey,
  type TsigSigner,
  type TsigVerdict,
  tsigSigner,
  verifyTsig,
} from './tsig.ts';
import { type GoneReason, isUpToDate, type ZoneHistory } from './zone-history.ts';

const MAX_MESSAGE_OCTETS = 65_535;

/** What became of a transfer query, for counting; from a closed set. */
export type TransferOutcome =
  | 'axfr'
  | 'ixfr'
  | 'ixfr-as-axfr'
  | 'up-to-date'
  | 'needs-tcp'
  | 'refused'
  | 'not-authoritative'
  | 'not-ready'
  | 'bad-signature'
  | 'malformed';

/** A zone that may be transferred. */
export interface TransferSource {
  /** The version that is current now; undefined before the first one. */
  readonly current: () => TransferZone | undefined;
  readonly history: ZoneHistory;
}

/** A transfer that a client has taken to its end. */
export interface SentTransfer {
  readonly origin: DomainName;
  readonly outcome: TransferOutcome;
  readonly client: Client;
  /** The key that signed it. */
  readonly key: DomainName | undefined;
  /** The serial that the client had; undefined when it asked for the whole zone. */
  readonly askedSerial: Serial | undefined;
  readonly sentSerial: Serial;
}

/** What transfers are answered from, and who is told how they end. */
export interface TransferOptions {
  readonly keys: readonly TsigKey[];
  /** Says who may have the zone: a transfer lists every service. `key` is the verified one, if any. */
  readonly mayTransfer: (client: Client, key: DomainName | undefined) => boolean;
  /** The zone at an origin; undefined where we have none. */
  readonly zoneAt: (origin: DomainName) => TransferSource | undefined;
  readonly nowSeconds: () => number;
  /**
   * Called when it is decided what the client gets; `why` is what was wrong with a signature, or why
   * (a `GoneReason`) there is the whole zone instead of a difference.
   */
  readonly onOutcome: (outcome: TransferOutcome, client: Client, why?: string) => void;
  /** Called when the client has taken it all. */
  readonly onSent: (transfer: SentTransfer) => void;
}

/** Makes the messages of a response; undefined when the query does not ask for a transfer. */
export type RespondToTransfer = (query: Query, room?: () => Octets) => Iterable<Octets> | undefined;

/**
 * Answers AXFR and IXFR queries with the messages of their responses, made one by one as they are
 * taken; undefined for any other query. Each is made in a `room` (as of `transferRoom`), which may
 * be that of the one before. Over UDP there is one message: an incremental transfer that fits, or
 * the start of authority alone, which sends the client to TCP (RFC 1995 section 2).
 */
export function transferResponder(options: TransferOptions): RespondToTransfer {
  return (query, room = transferRoom) => {
    if (!isTransferQuery(query)) return undefined;
    const verdict = verifyTsig(query.octets, options.keys, options.nowSeconds());
    const refused = badSignature(query, verdict, options);
    if (refused) return [refused];
    const key = verdict.kind === 'valid' ? verdict.key : undefined;
    const newSigner = () =>
      verdict.kind === 'valid' ? tsigSigner(verdict.key, verdict.record.mac) : undefined;
    const source = options.zoneAt(query.question.name);
    const zone = source?.current();
    const reason = reasonToRefuse(query, key, source, options);
    if (reason || !zone || !source) {
      const [outcome, rcode] = reason ?? NOT_READY;
      options.onOutcome(outcome, query.client);
      const message = refusal(query, rcode);
      return [newSigner()?.sign(message, options.nowSeconds()) ?? message];
    }
    return sendTransfer(query, zone, source.history, { key, newSigner, room }, options);
  };
}

interface Sending {
  readonly key: TsigKey | undefined;
  readonly newSigner: () => TsigSigner | undefined;
  readonly room: () => Octets;
}

function sendTransfer(
  query: Query,
  zone: TransferZone,
  history: ZoneHistory,
  { key, newSigner, room }: Sending,
  { nowSeconds, onOutcome, onSent }: TransferOptions,
): Iterable<Octets> {
  const { client, maxOctets: udpOctets } = query;
  const isTcp = client.transport === 'tcp';
  const plan = planTransfer(query, zone, history);
  const make = (maxOctets: number, parts: Iterable<TransferPart>) => {
    const signer = newSigner();
    return transferMessages(query, zone, parts, { maxOctets, signer, nowSeconds, room });
  };
  const fitting = isTcp ? undefined : onlyMessage(plan, parts => make(udpOctets, parts));
  const outcome = isTcp || fitting ? plan.outcome : 'needs-tcp';
  onOutcome(outcome, client, outcome === plan.outcome ? plan.why : undefined);
  if (outcome === 'needs-tcp') return make(udpOctets, emptyTransfer(zone));
  const { askedSerial } = plan;
  const { origin, serial: sentSerial } = zone;
  const sent = () => onSent({ origin, outcome, client, key: key?.name, askedSerial, sentSerial });
  if (!fitting) return withEnd(make(MAX_MESSAGE_OCTETS, plan.parts()), sent);
  sent();
  return [fitting];
}

function* withEnd(messages: Iterable<Octets>, end: () => void): Generator<Octets> {
  yield* messages;
  end();
}

/** Room for the longest message of a transfer. */
export function transferRoom(): Octets {
  return messageRoom(MAX_MESSAGE_OCTETS);
}

type Reason = readonly [outcome: TransferOutcome, rcode: number];

const NOT_READY: Reason = ['not-ready', RCODE.SERVFAIL];

function badSignature(
  query: Query,
  verdict: TsigVerdict,
  { onOutcome, nowSeconds }: TransferOptions,
): Octets | undefined {
  if (verdict.kind === 'malformed') {
    onOutcome('malformed', query.client);
    return refusal(query, RCODE.FORMERR);
  }
  if (verdict.kind !== 'refused') return undefined;
  onOutcome('bad-signature', query.client, TSIG_ERROR_NAMES[verdict.error]);
  return signRefusal(refusal(query, RCODE.NOTAUTH), verdict, nowSeconds());
}

function reasonToRefuse(
  query: Query,
  key: TsigKey | undefined,
  source: TransferSource | undefined,
  { mayTransfer }: TransferOptions,
): Reason | undefined {
  if (query.edns && query.edns.version !== 0) return ['malformed', RCODE.BADVERS];
  if (!mayTransfer(query.client, key?.name)) return ['refused', RCODE.REFUSED];
  if (!source) return ['not-authoritative', RCODE.NOTAUTH];
  const isAxfr = query.question.type === RR_TYPE.AXFR;
  // RFC 5936 section 4.2 leaves AXFR over UDP undefined.
  if (isAxfr && query.client.transport === 'udp') return ['refused', RCODE.REFUSED];
  if (!isAxfr && serialInAuthority(query) === undefined) return ['malformed', RCODE.FORMERR];
  return undefined;
}

interface Plan {
  readonly outcome: TransferOutcome;
  /** Undefined when the whole zone is asked for. */
  readonly askedSerial: Serial | undefined;
  readonly why?: GoneReason;
  readonly parts: () => Iterable<TransferPart>;
}

function planTransfer(query: Query, zone: TransferZone, history: ZoneHistory): Plan {
  const whole = () => fullTransfer(zone);
  const askedSerial = serialInAuthority(query);
  if (query.question.type === RR_TYPE.AXFR || askedSerial === undefined) {
    return { outcome: 'axfr', askedSerial: undefined, parts: whole };
  }
  if (isUpToDate(askedSerial, zone.serial)) {
    return { outcome: 'up-to-date', askedSerial, parts: () => emptyTransfer(zone) };
  }
  const delta = history.since(askedSerial);
  if (!delta) {
    const why = history.whyGone(askedSerial, zone.serial);
    return { outcome: 'ixfr-as-axfr', askedSerial, why, parts: whole };
  }
  return {
    outcome: 'ixfr',
    askedSerial,
    parts: () => incrementalTransfer(zone, askedSerial, delta),
  };
}

/** The message of a transfer that takes no more than one; whole zones are not tried. */
function onlyMessage(
  plan: Plan,
  make: (parts: Iterable<TransferPart>) => Iterable<Octets>,
): Octets | undefined {
  if (plan.outcome === 'ixfr-as-axfr') return undefined;
  const messages = make(plan.parts())[Symbol.iterator]();
  // The second one may be written where the first one is.
  const first = messages.next().value?.slice();
  return messages.next().done ? first : undefined;
}

/** The serial a client says it has: of the SOA in the authority section (RFC 1995 section 3). */
function serialInAuthority({ octets, question }: Query): Serial | undefined {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  if (view.getUint16(8) !== 1) return undefined;
  const fixed = behindName(octets, question.end);
  if (fixed === undefined || fixed + 10 > octets.length) return undefined;
  const end = fixed + 10 + view.getUint16(fixed + 8);
  // The serial is the first of the five numbers that end the record.
  const isSoa = view.getUint16(fixed) === RR_TYPE.SOA && end <= octets.length;
  return isSoa && end - 20 >= fixed + 10 ? serial(view.getUint32(end - 20)) : undefined;
}

function behindName(octets: Octets, at: number): number | undefined {
  return octets[at] >= 0xc0 ? at + 2 : readName(octets, at, octets.length)?.next;
}
