import { decode, encode, type Packet } from 'dns-packet';
import { onTestFinished } from 'vitest';
import {
  addressOctets,
  type Client,
  type ClientView,
  domainName,
  inNetworks,
  ipAddress,
  knownName,
  LOCAL_NETWORKS,
  network,
  type Octets,
  type Query,
  typeCode,
} from '../../src/dns/index.ts';
import {
  FORWARD_COUNTERS,
  type ForwardCounter,
  type Forwarder,
  type ForwardOptions,
  makeForwarder,
  type UpstreamAddress,
} from '../../src/forward/index.ts';
import {
  type Clock,
  cryptoRandom,
  makeCounters,
  quietLog,
  systemClock,
} from '../../src/runtime/index.ts';
import { type Behaviour, type FakeUpstream, fakeUpstream } from './upstream.ts';

/** What a test may say about a query; the rest is usual. */
export interface AskOptions {
  readonly type?: string;
  /** The size offered by OPT; no OPT without it. */
  readonly payload?: number;
  readonly dnssecOk?: boolean;
  readonly checkingDisabled?: boolean;
  readonly options?: readonly { readonly code: number; readonly data: Buffer }[];
  readonly transport?: 'udp' | 'tcp';
  readonly from?: string;
  readonly port?: number;
  readonly opcode?: number;
  readonly id?: number;
}

/** A forwarder with everything around it, asked as the server asks it. */
export interface Forwarding {
  readonly forwarder: Forwarder;
  /** By the slow path; undefined when it is passed on. */
  readonly ask: (name: string, options?: AskOptions) => Promise<Packet | undefined>;
  /** By the fast path; undefined when it is left to the slow one. */
  readonly askFast: (name: string, options?: AskOptions) => Packet | undefined;
  readonly counted: (name: ForwardCounter) => number;
}

const UDP_PAYLOAD_MAX = 1232;

export function forwarding(
  options: Partial<ForwardOptions>,
  clock: Clock = systemClock(),
): Forwarding {
  const view: ClientView = {
    octets: new Uint8Array(16),
    at: 0,
    length: 4,
    isTcp: false,
    hasValidCookie: false,
  };
  const counters = makeCounters(FORWARD_COUNTERS);
  const networks = LOCAL_NETWORKS.map(text => network(text)!);
  const isLocal = inNetworks(networks);
  const forwarder = makeForwarder(
    { ...DEFAULTS, ...options },
    { mayRecurse: ({ octets, at: from, length }) => isLocal(octets, from, length), view },
    { clock, random: cryptoRandom(), log: quietLog(), counters },
  );
  return {
    forwarder,
    ask: async (name, asked = {}) => {
      const response = await forwarder.handle(queryOf(name, asked));
      return response && readBack(response);
    },
    askFast: (name, asked = {}) => {
      const octets = queryOctets(name, asked);
      showClient(view, asked);
      const response = new Uint8Array(65_535 + 16);
      const limit = view.isTcp ? 65_535 : UDP_PAYLOAD_MAX;
      // Both at an offset, as the server has them in its rings.
      const shifted = Buffer.concat([Buffer.alloc(7, 0xff), octets, Buffer.alloc(5, 0xff)]);
      const length = forwarder.answerInto(shifted, 7, 7 + octets.length, response, 3, limit);
      return length === 0 ? undefined : readBack(response.subarray(3, 3 + length));
    },
    counted: name => counters.values[counters.slot[name]],
  };
}

const DEFAULTS: ForwardOptions = {
  resolvers: [],
  zoneResolvers: [],
  timeoutMs: 5_000,
  cacheOctets: 2 ** 20,
  staleSeconds: 86_400,
  maxInFlight: 1_000,
  setTruncateBit: true,
  ownZones: [knownName('mesos')],
  inRandomCase: false,
  edns: { udpPayloadMax: UDP_PAYLOAD_MAX },
  ownPlaces: [],
};

/** An upstream on the loopback. */
export function at(
  port: number,
  transport: UpstreamAddress['transport'] = 'udp',
  serverName?: string,
): UpstreamAddress {
  const text = `${transport}://127.0.0.1:${port}#${serverName}`;
  return { transport, address: '127.0.0.1', port, serverName, text };
}

function showClient(view: ClientView, { from, transport }: AskOptions): void {
  const address = ipAddress(from ?? '127.0.0.1')!;
  view.octets = addressOctets(address);
  view.length = address.family === 4 ? 4 : 16;
  view.isTcp = transport === 'tcp';
}

/** A query on the wire. */
export function queryOctets(name: string, asked: AskOptions): Buffer {
  const { type = 'A', payload, dnssecOk, options } = asked;
  const hasOpt = payload !== undefined || dnssecOk || options !== undefined;
  const flags = dnssecOk ? 0x8000 : 0;
  const opt = {
    type: 'OPT' as const,
    name: '.' as const,
    udpPayloadSize: payload ?? UDP_PAYLOAD_MAX,
    flags,
    options: [...(options ?? [])],
  };
  return encode({
    type: 'query',
    id: asked.id ?? 4711,
    flags: 0x0100 | (asked.checkingDisabled ? 0x10 : 0) | ((asked.opcode ?? 0) << 11),
    questions: [{ type: type as 'A', name }],
    additionals: hasOpt ? [opt as never] : [],
  });
}

/** The same query as the slow path sees it. */
export function queryOf(name: string, asked: AskOptions = {}): Query {
  const octets = queryOctets(name, asked);
  const { transport = 'udp', from = '127.0.0.1', port = 40_000 } = asked;
  const client: Client = { address: from, port, transport };
  const end = 12 + questionOctets(octets);
  const hasOpt = octets.length > end;
  const payload = hasOpt ? octets.readUInt16BE(end + 3) : 512;
  const udpOctets = Math.min(UDP_PAYLOAD_MAX, Math.max(512, payload));
  return {
    octets,
    client,
    id: octets.readUInt16BE(0),
    opcode: asked.opcode ?? 0,
    recursionDesired: true,
    checkingDisabled: asked.checkingDisabled ?? false,
    question: { name: domainName(name)!, type: typeCode(asked.type ?? 'A')!, class: 1, end },
    edns: hasOpt
      ? {
          version: 0,
          udpPayload: payload,
          dnssecOk: asked.dnssecOk ?? false,
          optionsAt: end + 11,
          optionsEnd: octets.length,
          hasBadOptions: false,
        }
      : undefined,
    maxOctets: transport === 'tcp' ? 65_535 : udpOctets,
  };
}

function questionOctets(octets: Buffer): number {
  let index = 12;
  while (octets[index] !== 0) index += octets[index] + 1;
  return index + 5 - 12;
}

function readBack(octets: Octets): Packet {
  return decode(Buffer.from(octets));
}

/** A fake upstream that is closed when the test is finished. */
export async function upstream(behaviour: Behaviour): Promise<FakeUpstream> {
  const made = await fakeUpstream(behaviour);
  onTestFinished(() => made.close());
  return made;
}

/** A forwarder to fake upstreams that is closed when the test is finished. */
export function forwardingTo(
  upstreams: readonly FakeUpstream[],
  options: Partial<ForwardOptions> = {},
  clock: Clock = systemClock(),
): Forwarding {
  const resolvers = upstreams.map(({ port }) => at(port));
  const made = forwarding({ resolvers, ...options }, clock);
  onTestFinished(() => made.forwarder.close());
  return made;
}

/** The extended errors (RFC 8914) that a response bears. */
export function extendedErrors(
  packet: { readonly additionals?: readonly unknown[] | undefined } | undefined,
): number[] {
  const options = (packet?.additionals ?? []).flatMap(
    record => (record as { options?: { code: number; data: Buffer }[] }).options ?? [],
  );
  return options.filter(({ code }) => code === 15).map(({ data }) => data.readUInt16BE(0));
}
