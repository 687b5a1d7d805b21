import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import packet from 'dns-packet';

/** A query that did not get what a living service must always give. */
export interface Miss {
  readonly atMs: number;
  readonly name: string;
  /** The RCODE, or what was wrong with the answer. */
  readonly what: string;
}

/** Asks for living services all the time, and notes each answer that lets one down. */
export interface Prober {
  readonly asked: () => number;
  readonly misses: readonly Miss[];
  /** The addresses a name has now; none for an error. */
  addresses(name: string): Promise<readonly string[]>;
  close(): void;
}

const EVERY_MS = 10;
const WAIT_MS = 2_000;

/** Probes `names()` in turn, one every 10 ms; each must have at least one address, at any moment. */
export async function startProber(
  { host, port }: { readonly host: string; readonly port: number },
  names: () => readonly string[],
): Promise<Prober> {
  const socket = createSocket('udp4');
  socket.connect(port, host);
  await once(socket, 'connect');
  socket.on('error', () => {});
  const waiting = new Map<number, (response: Buffer | undefined) => void>();
  socket.on('message', response => waiting.get(response.readUInt16BE(0))?.(response));
  const startedMs = performance.now();
  const misses: Miss[] = [];
  let asked = 0;
  const ask = (name: string) =>
    new Promise<Buffer | undefined>(resolve => {
      const id = asked++ & 0xffff;
      const done = (response: Buffer | undefined) => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(response);
      };
      const timer = setTimeout(() => done(undefined), WAIT_MS);
      waiting.set(id, done);
      socket.send(packet.encode({ type: 'query', id, questions: [{ name, type: 'A' }] }));
    });
  const probe = async (name: string) => {
    const what = fault(await ask(name));
    if (what) misses.push({ atMs: Math.round(performance.now() - startedMs), name, what });
  };
  let turn = 0;
  const timer = setInterval(() => {
    const list = names();
    if (list.length > 0) void probe(list[turn++ % list.length]);
  }, EVERY_MS);
  return {
    asked: () => asked,
    misses,
    addresses: async name => addressesIn(await ask(name)),
    close: () => {
      clearInterval(timer);
      for (const done of waiting.values()) done(undefined);
      socket.close();
    },
  };
}

function fault(response: Buffer | undefined): string | undefined {
  if (!response) return 'no response';
  const { rcode } = packet.decode(response) as { readonly rcode?: string };
  if (rcode !== 'NOERROR') return rcode ?? 'no rcode';
  return addressesIn(response).length === 0 ? 'NODATA' : undefined;
}

function addressesIn(response: Buffer | undefined): string[] {
  const { answers = [] } = response ? packet.decode(response) : {};
  return answers.flatMap(answer => (answer.type === 'A' ? [answer.data] : []));
}
