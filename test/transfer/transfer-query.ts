import {
  type DomainName,
  type Edns,
  knownName,
  MessageWriter,
  type Query,
  RR_CLASS,
  RR_TYPE,
  type RRset,
  serial,
} from '../../src/dns/index.ts';
import { type TransferZone, type TsigKey, tsigSigner } from '../../src/transfer/index.ts';

export const ORIGIN = knownName('mesos');
export const NOW_SECONDS = 1_700_000_000;

const SOA = {
  primary: knownName('ns1.mesos'),
  mailbox: knownName('root.ns1.mesos'),
  refreshSeconds: 60,
  retrySeconds: 600,
  expireSeconds: 86_400,
  negativeTtlSeconds: 10,
};

export function transferZone(serialNumber: number, rrsets: readonly RRset[]): TransferZone {
  return {
    origin: ORIGIN,
    serial: serial(serialNumber),
    soa: SOA,
    ttlSeconds: 60,
    rrsets: () => rrsets,
  };
}

/** An OPT record without options. */
const EDNS: Edns = {
  version: 0,
  udpPayload: 1232,
  dnssecOk: false,
  optionsAt: 0,
  optionsEnd: 0,
  hasBadOptions: false,
};

export interface QuerySpec {
  readonly type: 'AXFR' | 'IXFR';
  readonly name?: DomainName;
  readonly known?: number;
  readonly transport?: 'udp' | 'tcp';
  readonly maxOctets?: number;
  readonly key?: TsigKey;
  readonly signedAt?: number;
  readonly isEdns?: boolean;
}

/** A query for a transfer, as a secondary sends it. */
export function transferQuery(spec: QuerySpec): Query {
  const { type, name = ORIGIN, known, transport = 'tcp', maxOctets = 65_535, key } = spec;
  const writer = new MessageWriter(512);
  writer.header(0x1234, 0);
  writer.question(name, RR_TYPE[type]);
  const end = writer.finish().length;
  if (known !== undefined) writer.soa('authority', ORIGIN, SOA, serial(known), 0);
  const message = writer.finish();
  const signed = key && tsigSigner(key, undefined).sign(message, spec.signedAt ?? NOW_SECONDS);
  return {
    octets: signed ?? message,
    client: { address: '127.0.0.1', port: 5353, transport },
    id: 0x1234,
    opcode: 0,
    recursionDesired: false,
    checkingDisabled: false,
    question: { name, type: RR_TYPE[type], class: RR_CLASS.IN, end },
    edns: spec.isEdns ? EDNS : undefined,
    maxOctets,
  };
}
