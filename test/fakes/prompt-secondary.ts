import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import packet from 'dns-packet';
import type { Octets } from '../../src/dns/index.ts';
import { queryOctets, udpClient } from './dns-client.ts';

/** Somebody who is notified, and asks so soon that no program is faster. */
export interface PromptSecondary {
  readonly port: number;
  /** Each notification and what was answered right after it. */
  readonly heard: readonly Heard[];
  close(): Promise<void>;
}

interface Heard {
  readonly told: number;
  readonly answered: readonly number[];
}

/** From so many ports it asks: the kernel chooses the answer thread by the port. */
const PORTS = 4;

/**
 * Asks the server at the port `primary()` for the serial of `mesos` in the turn in which it is
 * notified; nobody while the port is not known.
 */
export async function promptSecondary(primary: () => number | undefined): Promise<PromptSecondary> {
  const socket = createSocket('udp4');
  const heard: Heard[] = [];
  const asking = new Set<Promise<void>>();
  socket.on('message', (message: Buffer, { address, port }) => {
    const told = serialOf(message);
    const server = primary();
    const ports = server === undefined ? [] : Array<number>(PORTS).fill(server);
    const answers = Promise.all(ports.map(serialAt));
    asking.add(answers.then(answered => void heard.push({ told, answered })));
    const response = Buffer.from(message);
    response[2] |= 0x80;
    socket.send(response, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    heard,
    close: async () => {
      socket.close();
      await Promise.all(asking);
    },
  };
}

async function serialAt(port: number): Promise<number> {
  const client = await udpClient('127.0.0.1', port);
  const response = await client.ask(queryOctets(1, 'mesos', 6));
  await client.close();
  return serialOf(response);
}

function serialOf(message: Octets): number {
  const [first] = packet.decode(Buffer.from(message)).answers ?? [];
  return first?.type === 'SOA' ? (first.data.serial ?? 0) : 0;
}
