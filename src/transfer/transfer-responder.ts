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
import { signRefusal, type TsigKey, type TsigVerdict, tsigSigner, verifyTsig } from './tsig.ts';
import { isUpToDate, type ZoneHistory } from './zone-history.ts';

const MAX_MESSAGE_OCTETS = 65_535;

/** What became of a transfer query, for counting; from a closed set. */
export type TransferOutcome =
  | 'axfr'
  | 'ixfr'
  | 'ixfr-as-axfr'
  | 'up-to-date'
  | 'refused'
  | 'not-authoritative'
  | 'not-ready'
  | 'bad-signature'
  | 'malformed';

/** Who may have which zone. */
export interface TransferOptions {
  readonly keys: readonly TsigKey[];
  /** Says who may have the zone: a transfer lists every service. `key` is the verified one, if any. */
  readonly mayTransfer: (client: Client, key: DomainName | undefined) => boolean;
  /** The zone that is current now; undefined before the first state. */
  readonly zone: () => TransferZone | undefined;
  readonly history: ZoneHistory;
  readonly nowSeconds: () => number;
  readonly onOutcome: (outcome: TransferOutcome, client: Client) => void;
}

/** Makes the messages of a response; undefined when the query does not ask for a transfer. */
export type RespondToTransfer = (query: Query, room?: () => Octets) => Iterable<Octets> | undefined;

/**
 * Answers AXFR and IXFR queries with the messages of their responses, made one by one as they are
 * taken; undefined for any other query. Each is made in a `room` (as of `transferRoom`), which may
 * be the one before, or in one of its own. Over UDP there is one message: an incremental transfer
 * that fits, or the start of authority alone, which sends the client to TCP (RFC 1995 section 2).
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
    const zone = options.zone();
    const reason = reasonToRefuse(query, key, zone, options);
    if (reason || !zone) {
      const [outcome, rcode] = reason ?? NOT_READY;
      options.onOutcome(outcome, query.client);
      const message = refusal(query, rcode);
      return [newSigner()?.sign(message, options.nowSeconds()) ?? message];
    }
    const plan = planTransfer(query, zone, options.history);
    options.onOutcome(plan.outcome, query.client);
    const isTcp = query.client.transport === 'tcp';
    const how = { nowSeconds: options.nowSeconds, room: isTcp ? room : transferRoom };
    const make: MakeMessages = (parts, maxOctets) =>
      transferMessages(query, zone, parts, { ...how, maxOctets, signer: newSigner() });
    return isTcp ? make(plan.parts(), MAX_MESSAGE_OCTETS) : overUdp(query, plan, make, zone);
  };
}

/** Room for the longest message of a transfer. */
export function transferRoom(): Octets {
  return messageRoom(MAX_MESSAGE_OCTETS);
}

type Reason = readonly [outcome: TransferOutcome, rcode: number];
type MakeMessages = (parts: Iterable<TransferPart>, maxOctets: number) => Iterable<Octets>;

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
  onOutcome('bad-signature', query.client);
  return signRefusal(refusal(query, RCODE.NOTAUTH), verdict, nowSeconds());
}

function reasonToRefuse(
  query: Query,
  key: TsigKey | undefined,
  zone: TransferZone | undefined,
  { mayTransfer }: TransferOptions,
): Reason | undefined {
  if (query.edns && query.edns.version !== 0) return ['malformed', RCODE.BADVERS];
  if (!mayTransfer(query.client, key?.name)) return ['refused', RCODE.REFUSED];
  if (!zone) return NOT_READY;
  if (query.question.name !== zone.origin) return ['not-authoritative', RCODE.NOTAUTH];
  const isAxfr = query.question.type === RR_TYPE.AXFR;
  // RFC 5936 section 4.2 leaves AXFR over UDP undefined.
  if (isAxfr && query.client.transport === 'udp') return ['refused', RCODE.REFUSED];
  if (!isAxfr && serialInAuthority(query) === undefined) return ['malformed', RCODE.FORMERR];
  return undefined;
}

interface Plan {
  readonly outcome: TransferOutcome;
  readonly parts: () => Iterable<TransferPart>;
}

function planTransfer(query: Query, zone: TransferZone, history: ZoneHistory): Plan {
  const whole = () => fullTransfer(zone);
  const known = serialInAuthority(query);
  if (query.question.type === RR_TYPE.AXFR || known === undefined) {
    return { outcome: 'axfr', parts: whole };
  }
  if (isUpToDate(known, zone.serial)) {
    return { outcome: 'up-to-date', parts: () => emptyTransfer(zone) };
  }
  const delta = history.since(known);
  if (!delta) return { outcome: 'ixfr-as-axfr', parts: whole };
  return { outcome: 'ixfr', parts: () => incrementalTransfer(zone, known, delta) };
}

function* overUdp(
  query: Query,
  plan: Plan,
  make: MakeMessages,
  zone: TransferZone,
): Generator<Octets> {
  if (plan.outcome === 'ixfr') {
    const [message, second] = make(plan.parts(), query.maxOctets);
    if (!second) {
      yield message;
      return;
    }
  }
  yield* make(emptyTransfer(zone), query.maxOctets);
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
