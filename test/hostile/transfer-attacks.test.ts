import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encode } from 'dns-packet';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import { framed, tcpClient } from '../fakes/dns-client.ts';
import { untilTrue } from '../fakes/real-secondaries.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';
import { expectUnharmed } from './unharmed.ts';

const MIB = 2 ** 20;
const DEAF = 100;
const AT_ONCE = 20;
const PIPELINED = 10;
const ROUNDS = 5;
const LIMIT_MS = 60_000;
/** A zone longer than what the buffers of both kernels take. */
const STATE = stateJson(
  '127.0.0.1:5050',
  Array.from({ length: 4_000 }, (_, service) => ({
    name: `service-${service}`,
    instances: [0, 1, 2].map(index => [`10.${1 + (service >> 8)}.${service & 255}.${index}`]),
    ports: [31_000],
  })),
);
const AXFR = encode({ type: 'query', id: 1, questions: [{ type: 'AXFR', name: 'mesos' }] });

let product: ServedProduct;
const sockets: Socket[] = [];

beforeAll(async () => {
  const settings = {
    transferAcl: ['127.0.0.0/8'],
    transfersAtOnce: AT_ONCE,
    tcpIdleSeconds: 1,
    refreshSeconds: 3600,
  };
  product = await serveProduct(STATE, settings);
});
afterAll(() => product.close());
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await expectUnharmed(product);
});

const closedFor = (cause: string) => product.metric(`mesonym_tcp_closed_total{cause="${cause}"}`);

/** A client that asks for the zone many times at once, and reads nothing. */
async function deafClient(localAddress: string): Promise<Socket> {
  const socket = connect({ port: product.port, host: '127.0.0.1', localAddress });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  socket.pause();
  socket.write(Buffer.concat(Array<Uint8Array>(PIPELINED).fill(framed(AXFR))));
  return socket;
}

/** Takes the whole zone. */
async function takeZone(): Promise<void> {
  const client = await tcpClient('127.0.0.1', product.port);
  client.send(AXFR);
  // The first one begins as the last one ends.
  await client.receive();
  while (!isLast(await client.receive()));
  client.close();
}

/** Only the last message ends in the times of the start of authority. */
function isLast(message: Octets | undefined): boolean {
  if (!message) throw new Error('The transfer ended without its last message');
  const { buffer, byteOffset, length } = message;
  return new DataView(buffer, byteOffset, length).getUint32(length - 8) === 86_400;
}

test(
  '100 clients that ask for many transfers and read nothing cost little memory',
  async () => {
    let most = 0;
    let mostRunning = 0;
    const shownOut = async () => {
      most = Math.max(most, product.residentOctets());
      mostRunning = Math.max(mostRunning, await product.metric('mesonym_transfers_running'));
      return (await closedFor('unread')) + (await closedFor('idle')) === DEAF;
    };
    // What is made anew for each message is cleared away now and then; growth is counted from there.
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(Array.from({ length: AT_ONCE }, takeZone));
      await shownOut();
    }
    const before = most;
    await Promise.all(
      Array.from({ length: DEAF }, (_, at) => deafClient(`127.0.1.${1 + (at % 20)}`)),
    );
    await untilTrue('all are shown out', shownOut, LIMIT_MS);
    expect(await closedFor('unread')).toBeGreaterThanOrEqual(AT_ONCE);
    expect(most - before).toBeLessThan(16 * MIB);
    expect(mostRunning).toBe(AT_ONCE);
    const delayed = await product.metric('mesonym_transfers_delayed_total');
    expect(delayed).toBeGreaterThanOrEqual(DEAF - AT_ONCE);
    await takeZone();
  },
  LIMIT_MS,
);
