import { afterEach, describe, expect, test } from 'vitest';
import { clientView, type Octets } from '../../src/dns/index.ts';
import { quietLog, seededRandom } from '../../src/runtime/index.ts';
import { a, answeringZone } from '../fakes/answering-zone.ts';
import { idOf, queryOctets, type UdpClient, udpClient } from '../fakes/dns-client.ts';
import { sendRaw } from '../fakes/raw-udp.ts';
import { testAsRoot } from '../fakes/real-programs.ts';
import { SimulatedClock, settle } from '../fakes/simulated-clock.ts';
import {
  echoAnswer,
  echoOf,
  startServer,
  type TestServer,
  type TestServerOptions,
} from '../fakes/test-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(each => each.close()));
});

async function serverAndClient(
  options: TestServerOptions,
): Promise<{ server: TestServer; client: UdpClient }> {
  const server = await startServer(options);
  const client = await udpClient(options.addresses?.[0] ?? '127.0.0.1', server.port);
  opened.push(client, server);
  return { server, client };
}

const BACK_ENDS: readonly { readonly backEnd: string; readonly back: TestServerOptions }[] = [
  { backEnd: 'batched', back: { udp: 'batched' } },
  { backEnd: 'wildcard', back: { udp: 'batched', addresses: ['0.0.0.0'] } },
  { backEnd: 'portable', back: { udp: 'portable' } },
  { backEnd: 'portable without FFI', back: { hasSystemCalls: false } },
];

describe.each(BACK_ENDS)('UDP, $backEnd', ({ back }) => {
  test.each(['127.0.0.1', '::1'])('answers at %s', async address => {
    const { client } = await serverAndClient({ ...back, addresses: [address] });
    const query = queryOctets(1, 'web.test');
    expect(await client.ask(query)).toEqual(Buffer.from(echoOf(query)));
  });

  test('answers from the address that was asked, once an interface has it', async () => {
    const clock = new SimulatedClock();
    let interfaces = ['127.0.0.2'];
    const server = await startServer({
      ...back,
      addresses: ['0.0.0.0'],
      clock,
      interfaces: () => interfaces,
    });
    opened.push(server);
    // A connected client takes nothing that comes from elsewhere.
    const first = await udpClient('127.0.0.2', server.port);
    const later = await udpClient('127.0.0.3', server.port);
    opened.push(first, later);
    await first.ask(queryOctets(1, 'web.test'));
    later.send(queryOctets(2, 'web.test'));
    while (server.count('udp_responses') < 2) await settle();
    interfaces = ['127.0.0.2', '127.0.0.3'];
    await clock.advance(5000);
    await server.server.serve(server.listeners.socketsOf(0));
    await later.ask(queryOctets(3, 'web.test'));
    await first.ask(queryOctets(4, 'web.test'));
  });

  test('answers a burst of a thousand, each once', async () => {
    const { client, server } = await serverAndClient(back);
    const queries = Array.from({ length: 1000 }, (_, id) => queryOctets(id, `n${id}.test`));
    for (const query of queries) client.send(query);
    const responses: Octets[] = [];
    while (responses.length < queries.length) responses.push(await client.receive());
    const sorted = responses.map(octets => Buffer.from(octets).toString('hex')).sort();
    expect(sorted).toEqual(queries.map(query => Buffer.from(echoOf(query)).toString('hex')).sort());
    expect(server.count('udp4_queries')).toBe(1000);
    expect(server.count('udp_responses')).toBe(1000);
  });

  test('tells the hot path who asks, each of a batch', async () => {
    const asked = new Map<number, string>();
    const client = { ...clientView(), isTcp: true };
    const { client: asker, server } = await serverAndClient({
      ...back,
      client,
      answerInto: (query, start, end, response, at) => {
        const { octets, at: from, length, isTcp } = client;
        const address = octets.subarray(from, from + length).join('.');
        asked.set(query[start + 1], `${address} ${isTcp ? 'tcp' : 'udp'}`);
        response.set(query.subarray(start, end), at);
        return end - start;
      },
    });
    const other = await udpClient('127.0.0.1', server.port, '127.0.0.2');
    opened.push(other);
    const ids = Array.from({ length: 140 }, (_, id) => id);
    const whoAsks = (id: number) => (id % 2 === 0 ? asker : other);
    for (const id of ids) whoAsks(id).send(queryOctets(id, 'web.test'));
    for (const id of ids) await whoAsks(id).receive();
    for (const id of ids) expect(asked.get(id)).toBe(`127.0.0.${1 + (id % 2)} udp`);
  });

  test('sends slow answers from the same socket, out of order, and tells the slow path who asks', async () => {
    const waiting: ((response: Octets) => void)[] = [];
    const clients: string[] = [];
    const { client } = await serverAndClient({
      ...back,
      slow: (octets, { address, transport }, maxOctets) => {
        clients.push(`${address} ${transport} ${maxOctets}`);
        return new Promise(resolve => waiting.push(() => resolve(echoOf(octets))));
      },
    });
    const [first, second, quick] = [1, 2, 3].map(id =>
      queryOctets(id, id === 3 ? 'web.test' : 'slow.test'),
    );
    client.send(first);
    client.send(second);
    expect(await client.ask(quick)).toEqual(Buffer.from(echoOf(quick)));
    for (const respond of waiting.reverse()) respond(first);
    expect(await client.receive()).toEqual(Buffer.from(echoOf(second)));
    expect(await client.receive()).toEqual(Buffer.from(echoOf(first)));
    expect(clients).toEqual(['127.0.0.1 udp 1232', '127.0.0.1 udp 1232']);
  });

  test('outlives a slow path that throws, rejects, or says too much', async () => {
    const outcomes: readonly (() => Promise<Octets> | undefined)[] = [
      () => {
        throw new Error('thrown');
      },
      () => Promise.reject(new Error('rejected')),
      () => Promise.resolve(new Uint8Array(1233)),
      () => undefined,
    ];
    let next = 0;
    const { client, server } = await serverAndClient({ ...back, slow: () => outcomes[next++]() });
    for (const id of outcomes.keys()) client.send(queryOctets(id, 'slow.test'));
    await client.ask(queryOctets(9, 'web.test'));
    expect(client.received).toBe(1);
    expect(server.count('slow_failures')).toBe(2);
  });

  test('is silent where the hot path says so', async () => {
    const { client, server } = await serverAndClient(back);
    client.send(queryOctets(1, 'quiet.test'));
    await client.ask(queryOctets(2, 'web.test'));
    expect(client.received).toBe(1);
    expect(server.count('dropped_unanswered')).toBe(1);
  });

  test('answers a datagram longer than any query with FORMERR, unread', async () => {
    const { client, server } = await serverAndClient(back);
    const long = new Uint8Array(2049).fill(1);
    long.set(queryOctets(7, 'web.test'));
    const response = await client.ask(long);
    expect([...response]).toEqual([0, 7, 0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(server.count('dropped_oversized')).toBe(1);
    long[2] |= 0x80;
    client.send(long);
    await client.ask(queryOctets(8, 'web.test'));
    expect(client.received).toBe(2);
  });

  test('answers a datagram longer than any query, in the middle of others, with FORMERR', async () => {
    const { client, server } = await serverAndClient(back);
    const long = new Uint8Array(2049).fill(1);
    long.set(queryOctets(7, 'web.test'));
    const quick = [1, 2].map(id => queryOctets(id, 'web.test'));
    for (const octets of [quick[0], long, quick[1]]) client.send(octets);
    const responses = [await client.receive(), await client.receive(), await client.receive()];
    const lengths = responses.map(octets => octets.length).sort((one, other) => one - other);
    expect(lengths).toEqual([12, ...quick.map(query => echoOf(query).length)]);
    expect(server.count('dropped_oversized')).toBe(1);
  });

  test('counts a response that the kernel will not carry, and goes on', async () => {
    const { client, server } = await serverAndClient({
      ...back,
      udpPayloadMax: 65_535,
      answerInto: (query, start, _end, response, at) => {
        response.set(query.subarray(start, start + 12), at);
        return query[start + 13] === 0x62 ? 65_535 : 12;
      },
    });
    client.send(queryOctets(1, 'big.test'));
    await client.ask(queryOctets(2, 'web.test'));
    expect(server.count('dropped_unsendable')).toBe(1);
  });

  test('closes in the middle of traffic, and waits for slow answers when told to', async () => {
    let respond: (response: Octets) => void = () => {};
    let hasAsked = () => {};
    const asked = new Promise<void>(resolve => {
      hasAsked = resolve;
    });
    const server = await startServer({
      ...back,
      slow: () => {
        hasAsked();
        return new Promise(resolve => {
          respond = resolve;
        });
      },
    });
    const client = await udpClient('127.0.0.1', server.port);
    opened.push(client);
    const slow = queryOctets(1, 'slow.test');
    client.send(slow);
    for (let id = 2; id < 500; id++) client.send(queryOctets(id, 'web.test'));
    await asked;
    const closed = server.close(60_000);
    respond(echoOf(slow));
    await closed;
    let response = await client.receive();
    while (response[1] !== 1 || response[0] !== 0) response = await client.receive();
    expect(response).toEqual(Buffer.from(echoOf(slow)));
  });

  testAsRoot()('drops what comes from port 0, where no answer can go', async () => {
    const { client, server } = await serverAndClient(back);
    expect(sendRaw(0, server.port, queryOctets(1, 'web.test'))).toBe(true);
    expect(sendRaw(0, server.port, queryOctets(2, 'web.test'))).toBe(true);
    await client.ask(queryOctets(3, 'web.test'));
    expect(server.count('dropped_port_zero')).toBe(2);
    expect(server.count('udp_responses')).toBe(1);
  });

  test('a hot path that throws costs the one query', async () => {
    const errors: string[] = [];
    const { client, server } = await serverAndClient({
      ...back,
      log: { ...quietLog(), error: message => void errors.push(message) },
      answerInto: (query, start, end, response, at, limit) => {
        if (query[start + 13] === 0x78) throw new Error('crafted');
        return echoAnswer(query, start, end, response, at, limit);
      },
    });
    client.send(queryOctets(1, 'x.test'));
    client.send(queryOctets(2, 'x.test'));
    await client.ask(queryOctets(3, 'web.test'));
    expect(server.count('hot_failures')).toBe(2);
    expect(errors).toHaveLength(1);
  });

  test('lets everything else run while queries keep coming', async () => {
    let turn = 0;
    let isDone = false;
    const countTurns = () => {
      turn++;
      if (!isDone) setImmediate(countTurns);
    };
    const answeredIn = new Map<number, number>();
    const { client } = await serverAndClient({
      ...back,
      answerInto: (...given) => {
        answeredIn.set(turn, (answeredIn.get(turn) ?? 0) + 1);
        return echoAnswer(...given);
      },
    });
    countTurns();
    for (let id = 0; id < 4000; id++) client.send(queryOctets(id, 'web.test'));
    for (let count = 0; count < 4000; count++) await client.receive();
    isDone = true;
    expect(Math.max(...answeredIn.values())).toBeLessThanOrEqual(16 * 64 + 64);
  });

  test('measures sizes, codes and times', async () => {
    const { client, server } = await serverAndClient(back);
    const response = await client.ask(queryOctets(1, 'web.test'));
    expect(server.count('rcode_0')).toBe(1);
    expect(server.count('response_octets_64')).toBe(1);
    expect(server.count('udp_sent_octets')).toBe(response.length);
    expect(server.count('udp_received_octets')).toBe(response.length);
    expect(server.count('duration_us_sum')).toBeGreaterThan(0);
  });
});

test.each(
  // The wildcard reads on, one by one, up to 256.
  BACK_ENDS.filter(({ backEnd }) => backEnd !== 'wildcard'),
)('a client that is never done does not hold up a slow answer, $backEnd', async ({ back }) => {
  const probes = Array.from({ length: 20 }, (_, id) => queryOctets(id + 1, 'web.test'));
  const { client } = await serverAndClient({
    ...back,
    // The next query waits before this one's response has left.
    answerInto: (...given) => {
      const octets = echoAnswer(...given);
      if (octets > 0 && probes.length > 0) client.send(probes.shift()!);
      return octets;
    },
    slow: async octets => echoOf(octets),
  });
  client.send(queryOctets(0, 'slow.test'));
  client.send(probes.shift()!);
  const ids: number[] = [];
  while (ids.length < 21) ids.push(idOf(await client.receive()));
  expect(ids.indexOf(0)).toBeLessThan(4);
});

test('the back ends give the same octets for the same queries and the same seed', async () => {
  const hosts = Array.from({ length: 200 }, (_, host) => a('web.mesos', `10.0.0.${host}`));
  const transcripts = await Promise.all(
    BACK_ENDS.map(async ({ back }) => {
      // More addresses than fit: each response is cut at another place, and shuffled.
      const { answers, client: view } = answeringZone(hosts, { random: seededRandom(7) });
      const { answerInto } = answers;
      const { client } = await serverAndClient({ ...back, answerInto, client: view });
      for (let id = 0; id < 300; id++) client.send(queryOctets(id, 'web.mesos'));
      const responses: string[] = [];
      for (let id = 0; id < 300; id++) {
        responses.push(Buffer.from(await client.receive()).toString('hex'));
      }
      return responses;
    }),
  );
  expect(new Set(transcripts[0].map(response => response.slice(4))).size).toBe(300);
  for (const transcript of transcripts) expect(transcript).toEqual(transcripts[0]);
});
