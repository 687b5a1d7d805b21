import { type Upstream, upstream } from '../config/index.ts';
import {
  clientView,
  type DomainName,
  decodeMessage,
  domainName,
  type Message,
  MessageWriter,
  messageRecordText,
  type Query,
  RCODE,
  readQuery,
  typeCode,
} from '../dns/index.ts';
import { FORWARD_COUNTERS, makeForwarder } from '../forward/index.ts';
import { cryptoRandom, makeCounters, quietLog, systemClock } from '../runtime/index.ts';
import { type Arguments, configIfAny } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';

/** Recursion desired, as stub resolvers ask. */
const RECURSION_DESIRED = 0x0100;
const UDP_PAYLOAD = 1232;
const MAX_OCTETS = 65_535;

/** `mesonym lookup`: asks a DNS server and prints its response; 1 for anything but NOERROR. */
export async function lookup(args: Arguments, shell: Shell): Promise<ExitCode> {
  const { name: asked, type: wanted = 'A' } = args as { name: string; type?: string };
  const name = domainName(asked);
  const type = typeCode(wanted);
  if (!name) throw new TypeError(`${asked} is no domain name`);
  if (type === undefined) throw new TypeError(`${wanted} is no record type`);
  const server = serverFor(args, shell);
  const clock = systemClock();
  const start = clock.monotonic();
  const response = await ask(server, name, type);
  if (response === undefined) {
    shell.err(`No response from ${server.text}`);
    return 1;
  }
  const took = (clock.monotonic() - start).toFixed(1);
  for (const line of responseLines(response, `${server.text}, ${took} ms`)) shell.out(line);
  return response.rcode === RCODE.NOERROR ? 0 : 1;
}

/** One question through the forwarder: it tries again, takes TCP for what is cut, ignores forgeries. */
async function ask(server: Upstream, name: DomainName, type: number): Promise<Message | undefined> {
  const world = {
    clock: systemClock(),
    random: cryptoRandom(),
    log: quietLog(),
    counters: makeCounters(FORWARD_COUNTERS),
  };
  const forwarder = makeForwarder(
    {
      resolvers: [server],
      zoneResolvers: [],
      timeoutMs: 5000,
      inRandomCase: false,
      ownPlaces: [],
      cacheOctets: 0,
      staleSeconds: 0,
      maxInFlight: 1,
      setTruncateBit: true,
      ownZones: [],
      edns: { udpPayloadMax: UDP_PAYLOAD },
    },
    { mayRecurse: () => true, view: clientView() },
    world,
  );
  try {
    const response = await forwarder.handle(makeQuery(name, type));
    const { values, slot } = world.counters;
    return response && values[slot.forward_failed] === 0 ? decodeMessage(response) : undefined;
  } finally {
    await forwarder.close();
  }
}

function makeQuery(name: DomainName, type: number): Query {
  const writer = new MessageWriter(512);
  writer.header(0, RECURSION_DESIRED);
  writer.question(name, type);
  const read = readQuery(
    writer.finish(),
    { address: '127.0.0.1', port: 1, transport: 'tcp' },
    MAX_OCTETS,
  );
  if (read.kind !== 'query') throw new TypeError('The query cannot be read back');
  return read.query;
}

/** A response for people, in the form of a master file with remarks. */
function responseLines(response: Message, how: string): readonly string[] {
  const { rcode, flags, answers, authorities, additionals } = response;
  const code = Object.entries(RCODE).find(([, number]) => number === rcode)?.[0] ?? `RCODE${rcode}`;
  const section = (title: string, records: Message['answers']) =>
    records.length === 0 ? [] : [`; ${title}`, ...records.map(messageRecordText)];
  return [
    `; ${code}, flags ${flags.join(' ')}, from ${how}`,
    ...answers.map(messageRecordText),
    ...section('authority', authorities),
    ...section('additional', additionals),
  ];
}

/** The server that `--server` names; else where the config at hand says that DNS listens. */
function serverFor(args: Arguments, shell: Shell): Upstream {
  const text = typeof args.server === 'string' ? args.server : localServer(args, shell);
  const server = upstream(text);
  if (server) return server;
  throw new TypeError(`--server is ${text}, expected an IP address, with a port if it is not 53`);
}

function localServer(args: Arguments, shell: Shell): string {
  const [listener] = configIfAny(args, shell)?.listeners ?? [];
  if (listener === undefined) return '127.0.0.1';
  return listener.text.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
}
