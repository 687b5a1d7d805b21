import { createRequire } from 'node:module';
import type { Resource } from 'dns2';
import { RR_TYPE, typeName } from './codes.ts';
import { isSafeMessage } from './message-guard.ts';
import type { Octets } from './octets.ts';

/** A message taken apart, for people to read and for tools; not for the hot path. */
export interface Message {
  readonly id: number;
  readonly opcode: number;
  /** With the eight bits of the OPT record above those of the header (RFC 6891). */
  readonly rcode: number;
  /** Mnemonics of the flags that are set: qr aa tc rd ra ad cd. */
  readonly flags: readonly string[];
  readonly question: MessageQuestion | undefined;
  readonly answers: readonly MessageRecord[];
  readonly authorities: readonly MessageRecord[];
  /** Without the OPT record. */
  readonly additionals: readonly MessageRecord[];
  readonly edns: { readonly udpPayload: number; readonly dnssecOk: boolean } | undefined;
}

/** The question of a message; the name is absolute. */
export interface MessageQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** A record of a message; its owner is absolute. */
export interface MessageRecord {
  readonly owner: string;
  readonly type: number;
  readonly class: number;
  readonly ttlSeconds: number;
  /** The rdata as a master file shows it; `\# 2 abcd` where the type is unknown (RFC 3597). */
  readonly text: string;
}

/**
 * dns2, loaded with the first message: it brings 16 MB of Node's HTTP with it, which answer threads
 * can do without.
 */
function codec(): typeof import('dns2') {
  return createRequire(import.meta.url)('dns2');
}

const FLAGS: readonly (readonly [mask: number, name: string])[] = [
  [0x8000, 'qr'],
  [0x0400, 'aa'],
  [0x0200, 'tc'],
  [0x0100, 'rd'],
  [0x0080, 'ra'],
  [0x0020, 'ad'],
  [0x0010, 'cd'],
];

/**
 * Takes a message apart; undefined when it is malformed anywhere. The codec is dns2, which sees only
 * messages whose counts and pointers were checked. All texts are printable.
 */
export function decodeMessage(octets: Octets): Message | undefined {
  if (!isSafeMessage(octets)) return undefined;
  const packet = codec().Packet.parse(Buffer.from(octets));
  if (packet.errors.length > 0) return undefined;
  const opt = packet.additionals.find(({ type }) => type === RR_TYPE.OPT);
  const bits = (octets[2] << 8) | octets[3];
  const [question] = packet.questions;
  return {
    id: packet.header.id,
    opcode: packet.header.opcode,
    rcode: packet.header.rcode,
    flags: FLAGS.filter(([mask]) => (bits & mask) !== 0).map(([, name]) => name),
    question: question && { ...codes(question), name: absolute(question.name) },
    answers: packet.answers.map(messageRecord),
    authorities: packet.authorities.map(messageRecord),
    additionals: packet.additionals.filter(record => record !== opt).map(messageRecord),
    edns: opt && { udpPayload: opt.class, dnssecOk: opt.doFlag === true },
  };
}

/** One line of a master file: owner, TTL, class IN, type, rdata. */
export function messageRecordText({ owner, ttlSeconds, type, text }: MessageRecord): string {
  return `${owner}\t${ttlSeconds}\tIN\t${typeName(type)}\t${text}`;
}

function codes({ type, class: rrClass }: { readonly type: number; readonly class: number }) {
  return { type, class: rrClass };
}

function messageRecord(record: Resource): MessageRecord {
  const text = rdataText(record);
  return { ...codes(record), owner: absolute(record.name), ttlSeconds: record.ttl, text };
}

function rdataText(record: Resource): string {
  switch (record.type) {
    case RR_TYPE.A:
    case RR_TYPE.AAAA:
      return `${record.address}`;
    case RR_TYPE.NS:
      return absolute(record.ns);
    case RR_TYPE.CNAME:
    case RR_TYPE.PTR:
      return absolute(record.domain);
    case RR_TYPE.MX:
      return `${record.priority} ${absolute(record.exchange)}`;
    case RR_TYPE.SRV:
      return `${record.priority} ${record.weight} ${record.port} ${absolute(record.target)}`;
    case RR_TYPE.SOA:
      return soaText(record);
    case RR_TYPE.TXT:
      return [record.data ?? []].flat().map(quoted).join(' ');
    case RR_TYPE.CAA:
      return `${record.flags} ${printable(record.tag ?? '')} ${quoted(record.value ?? '')}`;
    default:
      return genericText(record);
  }
}

function soaText(record: Resource): string {
  const names = `${absolute(record.primary)} ${absolute(record.admin)}`;
  const { serial, refresh, retry, expiration, minimum } = record;
  return `${names} ${serial} ${refresh} ${retry} ${expiration} ${minimum}`;
}

/** RFC 3597 section 5. */
function genericText({ data }: Resource): string {
  const octets = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
  return `\\# ${octets.length} ${octets.toString('hex')}`.trimEnd();
}

function quoted(text: unknown): string {
  return `"${printable(String(text)).replaceAll('"', '\\"')}"`;
}

function absolute(name = ''): string {
  return name.endsWith('.') ? printable(name) : `${printable(name)}.`;
}

/** Octets that could steer a terminal are escaped, as in a master file (RFC 1035 section 5.1). */
function printable(text: string): string {
  return text.replace(
    /[^ -~]/g,
    character => `\\${String(character.charCodeAt(0) & 0xff).padStart(3, '0')}`,
  );
}
