import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { knownName, MessageWriter, RR_TYPE } from '../../src/dns/index.ts';

/** What became of the queries. */
export interface Tally {
  readonly sent: number;
  readonly answered: number;
  /** Responses with another code than NOERROR, or without an answer. */
  readonly wrong: number;
}

/** Queries for one A record, sent at a steady pace until it is stopped. */
export interface SteadyQueries {
  /** How many were answered well so far. */
  readonly good: number;
  /** Resolves when `count` more were answered well. */
  more(count: number): Promise<void>;
  /** Stops sending, waits for what is on its way, and counts. */
  stop(): Promise<Tally>;
}

const TICK_MS = 4;
/** Nothing on loopback is on its way for so long: what is missing then is lost. */
const PATIENCE_MS = 2_000;

/** Each id is used once in 65,536 queries, so a late response is still counted once. */
export async function steadyQueries(
  server: { readonly host: string; readonly port: number },
  name: string,
  perSecond: number,
): Promise<SteadyQueries> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
  socket.connect(server.port, server.host);
  await once(socket, 'connect');
  const writer = new MessageWriter(512);
  writer.header(0, 0x0100);
  writer.question(knownName(name), RR_TYPE.A);
  const query = Buffer.from(writer.finish());
  const waiting = new Set<number>();
  const tally = { sent: 0, answered: 0, wrong: 0 };
  const watchers: { at: number; resolve: () => void }[] = [];
  const good = () => tally.answered - tally.wrong;

  socket.on('message', response => {
    if (!waiting.delete(response.readUInt16BE(0))) return;
    tally.answered++;
    const isGood = (response[3] & 0xf) === 0 && response.readUInt16BE(6) > 0;
    if (!isGood) tally.wrong++;
    while (watchers.length > 0 && good() >= watchers[0].at) watchers.shift()?.resolve();
  });
  const started = performance.now();
  const ticking = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
    for (; tally.sent < due; tally.sent++) {
      const id = tally.sent & 0xffff;
      waiting.add(id);
      const octets = Buffer.from(query);
      octets.writeUInt16BE(id, 0);
      socket.send(octets);
    }
  }, TICK_MS);

  return {
    get good() {
      return good();
    },
    more: count =>
      new Promise(resolve => {
        watchers.push({ at: good() + count, resolve });
      }),
    stop: async () => {
      clearInterval(ticking);
      const until = performance.now() + PATIENCE_MS;
      while (waiting.size > 0 && performance.now() < until) {
        await new Promise(resolve => setTimeout(resolve, TICK_MS));
      }
      socket.close();
      return tally;
    },
  };
}
