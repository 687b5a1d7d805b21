import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, type Socket as Connection, createServer, type Server } from 'node:net';
import { type Answer, decode, encode, type Packet } from 'dns-packet';

/** A query as the fake upstream got it. */
export interface SeenQuery {
  readonly octets: Buffer;
  readonly packet: Packet;
  /** The name as asked, letters as they came, no final dot. */
  readonly name: string;
  readonly type: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
}

/** The messages to send for a query, one after another. */
export type Behaviour = (seen: SeenQuery) => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;

/** An upstream that does what a test wants, on UDP and TCP of one free port of the loopback. */
export interface FakeUpstream {
  readonly port: number;
  /** Every query so far but for `. NS`, which asks for a sign of life. */
  readonly seen: readonly SeenQuery[];
  /** How many signs of life were asked for. */
  readonly probes: number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export async function fakeUpstream(behaviour: Behaviour): Promise<FakeUpstream> {
  const upstream = new ListeningUpstream(behaviour);
  await upstream.listen();
  return upstream;
}

class ListeningUpstream implements FakeUpstream {
  readonly seen: SeenQuery[] = [];
  probes = 0;
  port = 0;
  #isClosed = false;
  #behaviour: Behaviour;
  #udp: Socket | undefined;
  #tcp: Server | undefined;
  readonly #connections = new Set<Connection>();

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
  }

  async listen(): Promise<void> {
    this.#tcp = this.#makeTcp();
    this.#tcp.listen(this.port, '127.0.0.1');
    await once(this.#tcp, 'listening');
    this.port = (this.#tcp.address() as AddressInfo).port;
    this.#udp = this.#makeUdp();
    this.#udp.bind(this.port, '127.0.0.1');
    await once(this.#udp, 'listening');
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#udp?.close();
    for (const connection of this.#connections) connection.destroy();
    await new Promise(resolve => this.#tcp?.close(resolve));
  }

  #makeUdp(): Socket {
    const udp = createSocket({ type: 'udp4', recvBufferSize: 4 * 2 ** 20 });
    udp.on('message', (octets, { port }) => {
      this.#take(octets, port, 'udp', response => udp.send(response, port, '127.0.0.1', () => {}));
    });
    return udp;
  }

  #makeTcp(): Server {
    return createServer(socket => {
      let rest: Buffer = Buffer.alloc(0);
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
      socket.on('error', () => {});
      const send = (response: Uint8Array) => void socket.write(framed(response));
      socket.on('data', chunk => {
        rest = Buffer.concat([rest, chunk]);
        while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
          const octets = rest.subarray(2, 2 + rest.readUInt16BE(0));
          rest = rest.subarray(2 + octets.length);
          this.#take(octets, socket.remotePort ?? 0, 'tcp', send);
        }
      });
    });
  }

  #take(
    octets: Buffer,
    port: number,
    transport: 'udp' | 'tcp',
    send: (response: Uint8Array) => void,
  ): void {
    const packet = decode(octets);
    const [question] = packet.questions ?? [];
    const name = question.name === '.' ? '' : question.name;
    const seen = { octets, packet, name, type: question.type, port, transport };
    if (name === '') this.probes++;
    else this.seen.push(seen);
    void Promise.resolve(this.#behaviour(seen)).then(responses => {
      if (!this.#isClosed) responses.forEach(send);
    });
  }
}

/** Two octets of length, then the message (RFC 1035 section 4.2.2). */
export function framed(octets: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(octets.length);
  return Buffer.concat([length, octets]);
}

export interface ResponseParts {
  readonly rcode?: number;
  readonly answers?: readonly Answer[];
  readonly authorities?: readonly Answer[];
  readonly additionals?: readonly Answer[];
  readonly isTruncated?: boolean;
  readonly isAuthoritative?: boolean;
  /** Sends it under another id, or with another question. */
  readonly id?: number;
  readonly name?: string;
}

/** The response to a query, with an OPT record iff that has one. */
export function responseTo(seen: SeenQuery, parts: ResponseParts): Buffer {
  const additionals = (seen.packet.additionals ?? []).filter(({ type }) => type === 'OPT');
  const octets = encode({
    type: 'response',
    id: parts.id ?? seen.packet.id ?? 0,
    flags:
      0x0180 |
      (parts.isTruncated ? 0x0200 : 0) |
      (parts.isAuthoritative ? 0x0400 : 0) |
      (parts.rcode ?? 0),
    questions: (seen.packet.questions ?? []).map(question => ({
      ...question,
      name: parts.name ?? question.name,
    })),
    answers: [...(parts.answers ?? [])],
    authorities: [...(parts.authorities ?? [])],
    additionals: [...(parts.additionals ?? []), ...additionals],
  });
  return octets;
}

/** Answers every query with one address. */
export function answersWith(address: string, ttl = 300): Behaviour {
  return seen => [
    responseTo(seen, { answers: [{ type: 'A', name: seen.name, ttl, data: address }] }),
  ];
}

/** Answers every query with a response code alone. */
export function answersCode(rcode: number): Behaviour {
  return seen => [responseTo(seen, { rcode })];
}

/** Never answers. */
export const staysSilent: Behaviour = () => [];
