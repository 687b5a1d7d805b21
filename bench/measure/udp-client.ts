import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import packet from 'dns-packet';

/** Asks one server by UDP, from a socket of its own. */
export interface UdpClient {
  /** The response's octets; undefined when none comes within `waitMs`. */
  ask(octets: Buffer, waitMs?: number): Promise<Buffer | undefined>;
  close(): void;
}

const WAIT_MS = 1_000;

/** A client for `host:port`; any number of queries may be under way. */
export async function udpClient(host: string, port: number): Promise<UdpClient> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.connect(port, host);
  await once(socket, 'connect');
  const waiting = new Map<number, (response: Buffer | undefined) => void>();
  let nextId = 0;
  // A server that does not listen yet refuses; it is asked again.
  socket.on('error', () => {});
  socket.on('message', response => waiting.get(response.readUInt16BE(0))?.(response));
  return {
    ask: (octets, waitMs = WAIT_MS) =>
      new Promise(resolve => {
        const id = nextId;
        nextId = (nextId + 1) & 0xffff;
        const timer = setTimeout(() => done(undefined), waitMs);
        const done = (response: Buffer | undefined) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(response);
        };
        waiting.set(id, done);
        const query = Buffer.from(octets);
        query.writeUInt16BE(id, 0);
        socket.send(query);
      }),
    close: () => socket.close(),
  };
}

/** The octets of a query for a line such as `web.marathon.mesos A`: RD set, no EDNS. */
export function queryOctets(line: string): Buffer {
  const [name, type] = line.split(' ');
  return packet.encode({
    type: 'query',
    flags: packet.RECURSION_DESIRED,
    questions: [{ name, type: type as packet.RecordType }],
  });
}
