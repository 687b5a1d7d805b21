import {
  EDNS_OPTION,
  type Edns,
  knownName,
  MessageWriter,
  type Octets,
  OPCODE,
  OPT_OCTETS,
  type Query,
  RCODE,
  RR_CLASS,
  RR_TYPE,
} from '../dns/index.ts';
import type { TransferPart, TransferZone } from './transfer-zone.ts';
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
  /** Where each message is written (`messageRoom`); a message stands there until the next is made. */
  readonly room: () => Octets;
}

/**
 * Packs records into messages, one at a time as they are asked for. The question and the OPT record
 * stand in the first message only (RFC 5936 sections 2.2.1 and 2.2.5); every message is signed.
 */
export function* transferMessages(
  query: Query,
  zone: TransferZone,
  parts: Iterable<TransferPart>,
  options: MessageOptions,
): Generator<Octets> {
  const signerOctets = options.signer?.octets ?? 0;
  const expire = asksExpire(query) ? expireOption(zone) : new Uint8Array(0);
  let writer = startMessage(query, options);
  writer.question(query.question.name, query.question.type, query.question.class);
  // The OPT record goes behind the answers: until they are written its room is kept free.
  writer.reserve(signerOctets + (query.edns ? OPT_OCTETS + expire.length : 0));
  let finish = () => {
    writer.reserve(signerOctets);
    if (query.edns) writeOpt(writer, query.edns, RCODE.NOERROR, expire);
    return sign(writer, options);
  };
  for (const part of parts) {
    for (let from = 0; ; ) {
      from = add(writer, zone, part, from);
      if (from === sizeOf(part)) break;
      yield finish();
      finish = () => sign(writer, options);
      writer = startMessage(query, options);
      writer.reserve(signerOctets);
    }
  }
  yield finish();
}

/** A response without records: REFUSED, NOTAUTH and the like. */
export function refusal(query: Query, rcode: number): Octets {
  const writer = new MessageWriter(512);
  writer.header(query.id, RESPONSE | (query.opcode << 11) | (rcode & 0xf));
  writer.question(query.question.name, query.question.type, query.question.class);
  if (query.edns) writeOpt(writer, query.edns, rcode, new Uint8Array(0));
  return writer.finish();
}

function startMessage(query: Query, { maxOctets, room }: MessageOptions): MessageWriter {
  const writer = new MessageWriter(maxOctets, room());
  writer.header(query.id, RESPONSE | AUTHORITATIVE | (OPCODE.QUERY << 11) | RCODE.NOERROR);
  return writer;
}

function sign(writer: MessageWriter, { signer, nowSeconds }: MessageOptions): Octets {
  if (signer) {
    writer.reserve();
    writer.append('additional', signer.record(writer.written(), nowSeconds()));
  }
  return writer.written();
}

/** Writes a part from one of its records on; returns the first that does not fit. */
function add(writer: MessageWriter, zone: TransferZone, part: TransferPart, from: number): number {
  if (part.kind === 'records') return writer.answers(part.records, from, zone.ttlSeconds);
  return writer.soa('answer', zone.origin, zone.soa, part.serial, zone.ttlSeconds) ? 1 : 0;
}

function sizeOf(part: TransferPart): number {
  return part.kind === 'records' ? part.records.length : 1;
}

/** OPT in the response iff in the query, DO as there (RFC 6891 section 6.1.1, RFC 3225 section 3). */
function writeOpt(writer: MessageWriter, { dnssecOk }: Edns, rcode: number, options: Octets): void {
  const flags = ((rcode >> 4) << 24) | (dnssecOk ? 0x8000 : 0);
  writer.raw('additional', ROOT, RR_TYPE.OPT, OWN_UDP_PAYLOAD, flags, options);
}

/** Whether the EXPIRE option is asked for, which an empty one does (RFC 7314 section 2). */
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
