import { type AnswerInto, clientView, type Octets } from '../../src/dns/index.ts';
import { makeCounters, quietLog, systemClock } from '../../src/runtime/index.ts';
import {
  type Answering,
  type Certificate,
  type DnsServer,
  type Listeners,
  loadSystemCalls,
  makeServer,
  openListeners,
  SERVER_COUNTERS,
  type ServerCounter,
  type SystemCalls,
  TCP_LIMITS,
  type TcpLimits,
  type UdpMode,
} from '../../src/server/index.ts';
import { socketAddress } from '../../src/server/socket-address.ts';

export interface TestServerOptions extends Partial<Answering> {
  readonly addresses?: readonly string[];
  readonly udp?: UdpMode;
  /** False: no FFI, as on a machine where it cannot be loaded. */
  readonly hasSystemCalls?: boolean;
  readonly limits?: Partial<TcpLimits>;
  readonly port?: number;
  readonly inherited?: readonly number[];
  /** The addresses of the machine's interfaces, for wildcards. */
  readonly interfaces?: () => readonly string[];
  /** With one DNS over TLS is served too, at the first address. */
  readonly certificate?: Certificate;
}

/** A server of one thread on loopback and a free port. */
export interface TestServer {
  readonly port: number;
  /** Of DNS over TLS; 0 without. */
  readonly tlsPort: number;
  readonly server: DnsServer;
  readonly listeners: Listeners;
  count(counter: ServerCounter): number;
  close(drainMs?: number): Promise<void>;
}

/** Serves `echoAnswer` where nothing else is given; slow queries stay unanswered. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { addresses = ['127.0.0.1'], udp, hasSystemCalls = true, limits, ...rest } = options;
  const { port = 0, inherited = [], interfaces = () => [], certificate, ...answering } = rest;
  const systemCalls = hasSystemCalls ? await systemCallsOrThrow() : undefined;
  let server: DnsServer | undefined;
  const counters = makeCounters(SERVER_COUNTERS);
  const common = { clock: systemClock(), log: quietLog(), ...answering };
  const listeners: Listeners = await openListeners(
    addresses.map(address => ({ address, port })),
    {
      threads: 1,
      systemCalls,
      inherited,
      tlsAddresses: certificate ? [{ address: addresses[0], port: 0 }] : [],
      onChange: () => void server?.serve(listeners.socketsOf(0)),
      ownAddresses: () => interfaces().map(address => socketAddress(address, 0)!),
      ...common,
    },
  );
  const served = makeServer({
    answering: {
      answerInto: echoAnswer,
      client: clientView(),
      slow: () => undefined,
      udpPayloadMax: 1232,
      counters,
      ...common,
    },
    limits: { ...TCP_LIMITS, ...limits },
    systemCalls,
    certificate,
    ...(udp && { udp }),
  });
  server = served;
  await served.serve(listeners.socketsOf(0));
  return {
    port: listeners.addresses[0].port,
    tlsPort: listeners.tlsAddresses[0]?.port ?? 0,
    server: served,
    listeners,
    count: counter => counters.values[counters.slot[counter]],
    close: async drainMs => {
      await served.close(drainMs);
      await listeners.close();
    },
  };
}

/**
 * Answers a query with itself, QR set. A question whose first octet is `s` (as in `slow.test`) goes
 * to the slow path, one with `q` is met with silence.
 */
export const echoAnswer: AnswerInto = (query, start, end, response, at) => {
  const first = query[start + 13];
  if (first === 0x73) return 0;
  if (first === 0x71) return -1;
  for (let from = start; from < end; from++) response[at + from - start] = query[from];
  response[at + 2] |= 0x80;
  return end - start;
};

/** What `echoAnswer` makes of a query. */
export function echoOf(query: Octets): Octets {
  const response = Uint8Array.from(query);
  response[2] |= 0x80;
  return response;
}

async function systemCallsOrThrow(): Promise<SystemCalls | undefined> {
  return loadSystemCalls(reason => {
    if (process.platform === 'linux') throw new Error(`No system calls: ${reason}`);
  });
}
