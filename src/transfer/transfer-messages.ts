import {
  EDNS_OPTION,
  knownName,
  MessageWriter,
  type Octets,
  OPCODE,
  type Query,
  RCODE,
  RR_CLASS,
  RR_TYPE,
} from '../dns/index.ts';
import type { TransferRecord, TransferZone } from './transfer-zone.ts';
import type { TsigSigner } from './tsig.ts';

const ROOT = knownName('.');
const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
/** What a secondary may offer for UDP is its own affair: transfers run over TCP. */
const OWN_UDP_PAYLOAD = 1232;

/** How the messages of a transfer are made. */
export interface MessageOptions {
  /** Octets of one message, at most 65,535. */
  readonly maxOctets: number;
  readonly signer: TsigSigner | undefined;
  /** Seconds since the Unix epoch, for signatures. */
  readonly nowSeconds: () => number;
}

/**
 * Packs records into messages, one at a time as they are asked for. The question stands in the
 * first message only (RFC 5936 section 2.2.1); every message is signed.
 */
export function* transferMessages(
  query: Query,
  zone: TransferZone,
  records: Iterable<TransferRecord>,
  options: MessageOptions,
): Generator<Octets> {
  let writer = startMessage(query, options, true);
  addOpt(writer, query, zone);
  for (const record of records) {
    if (add(writer, zone, record)) continue;
    yield finish(writer, options);
    writer = startMessage(query, options, false);
    // One record of ours is far smaller than an empty message's room.
    add(writer, zone, record);
  }
  yield finish(writer, options);
}

/** A response without records: REFUSED, NOTAUTH and the like. */
export function refusal(query: Query, rcode: number): Octets {
  const writer = new MessageWriter(512);
  writer.header(query.id, RESPONSE | (query.opcode << 11) | (rcode & 0xf));
  writer.question(query.question.name, query.question.type, query.question.class);
  if (query.edns) writeOpt(writer, rcode, new Uint8Array(0));
  return writer.finish();
}

function startMessage(query: Query, options: MessageOptions, isFirst: boolean): MessageWriter {
  const writer = new MessageWriter(options.maxOctets);
  writer.header(query.id, RESPONSE | AUTHORITATIVE | (OPCODE.QUERY << 11) | RCODE.NOERROR);
  if (isFirst) writer.question(query.question.name, query.question.type, query.question.class);
  writer.reserve(options.signer?.octets);
  return writer;
}

function finish(writer: MessageWriter, options: MessageOptions): Octets {
  const message = writer.finish();
  return options.signer ? options.signer.sign(message, options.nowSeconds()) : message;
}

function add(writer: MessageWriter, zone: TransferZone, item: TransferRecord): boolean {
  return item.kind === 'soa'
    ? writer.soa('answer', zone.origin, zone.soa, item.serial, zone.ttlSeconds)
    : writer.record('answer', item.record, zone.ttlSeconds);
}

/** OPT in the response iff in the query, with EXPIRE where it was asked for (RFC 7314 section 3). */
function addOpt(writer: MessageWriter, query: Query, zone: TransferZone): void {
  if (!query.edns) return;
  writeOpt(writer, RCODE.NOERROR, asksExpire(query) ? expireOption(zone) : new Uint8Array(0));
}

function writeOpt(writer: MessageWriter, rcode: number, options: Octets): void {
  const extended = (rcode >> 4) << 24;
  writer.raw('additional', ROOT, RR_TYPE.OPT, OWN_UDP_PAYLOAD, extended, options);
}

function asksExpire({ octets, edns }: Query): boolean {
  if (!edns) return false;
  for (let at = edns.optionsAt; at + 4 <= edns.optionsEnd; ) {
    if (((octets[at] << 8) | octets[at + 1]) === EDNS_OPTION.EXPIRE) return true;
    at += 4 + ((octets[at + 2] << 8) | octets[at + 3]);
  }
  return false;
}

function expireOption({ soa }: TransferZone): Octets {
  const option = new Uint8Array(8);
  const view = new DataView(option.buffer);
  view.setUint16(0, EDNS_OPTION.EXPIRE);
  view.setUint16(2, 4);
  view.setUint32(4, soa.expireSeconds);
  return option;
}

/** Only a transfer's own kind of query reaches this folder. */
export function isTransferQuery({ opcode, question }: Query): boolean {
  const isTransfer = question.type === RR_TYPE.AXFR || question.type === RR_TYPE.IXFR;
  return opcode === OPCODE.QUERY && isTransfer && question.class === RR_CLASS.IN;
}
