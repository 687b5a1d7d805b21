import { readdirSync } from 'node:fs';
import packet from 'dns-packet';
import { afterEach, expect, test } from 'vitest';
import { knownName, RR_TYPE } from '../../src/dns/index.ts';
import { quietLog } from '../../src/runtime/index.ts';
import { type StartedThreads, startAnswerThreads } from '../fakes/answer-threads.ts';
import { a } from '../fakes/answering-zone.ts';
import { queryOctets, tcpClient, type UdpClient, udpClient } from '../fakes/dns-client.ts';
import { settle } from '../fakes/simulated-clock.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function start(threads?: number): Promise<{ running: StartedThreads; client: UdpClient }> {
  const running = await startAnswerThreads(threads);
  const client = await udpClient('127.0.0.1', running.port);
  opened.push(client, running);
  return { running, client };
}

async function addressOf(client: UdpClient, name: string): Promise<string> {
  const response = packet.decode(Buffer.from(await client.ask(queryOctets(1, name))));
  const addresses = response.answers?.map(answer => (answer.type === 'A' ? answer.data : '?'));
  return addresses?.join(' ') ?? '';
}

test('every thread answers from the zone, by UDP and TCP', async () => {
  const { running, client } = await start(2);
  await running.threads.settled();
  expect(await addressOf(client, 'web.mesos')).toBe('10.0.0.1');
  const stream = await tcpClient('127.0.0.1', running.port);
  stream.send(queryOctets(2, 'web.mesos'));
  expect(packet.decode(Buffer.from((await stream.receive())!)).answers).toHaveLength(1);
  stream.close();
  expect(running.threads.serving).toBe(2);
  expect(running.threads.counts().answered).toBe(2);
});

test('several threads share the queries, and the counters add up', async () => {
  const { running } = await start(2);
  await running.threads.settled();
  // Which thread gets a query is the kernel's choice by the client's port.
  for (let count = 0; count < 40; count++) {
    const client = await udpClient('127.0.0.1', running.port);
    expect(await addressOf(client, 'web.mesos')).toBe('10.0.0.1');
    await client.close();
  }
  const shares = running.threads.queriesPerThread();
  expect(Math.min(...shares)).toBeGreaterThan(0);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBe(40);
  expect(running.threads.counts().udp4_queries).toBe(40);
});

test('a thread that takes the place of a dead one has the zone of now, and the count goes on', async () => {
  const { running, client } = await start();
  await running.threads.settled();
  expect(await addressOf(client, 'web.mesos')).toBe('10.0.0.1');
  await running.threads.kill(0);
  running.publish('web', [a('web.mesos', '10.0.0.2')]);
  expect(await addressOf(client, 'web.mesos')).toBe('10.0.0.2');
  expect(running.threads.restarts).toBe(1);
  expect(running.threads.counts().udp4_queries).toBe(2);
});

test('a thread that takes the place of a dead one has the reverse zones of now', async () => {
  const reverseZones = [knownName('10.in-addr.arpa')];
  const running = await startAnswerThreads(1, quietLog(), { reverseZones });
  const client = await udpClient('127.0.0.1', running.port);
  opened.push(client, running);
  const owner = knownName('1.0.0.10.in-addr.arpa');
  const targets = async () => {
    const response = await client.ask(queryOctets(1, '1.0.0.10.in-addr.arpa', RR_TYPE.PTR));
    return packet.decode(Buffer.from(response)).answers;
  };
  running.publishReverse([{ type: 'PTR', owner, target: knownName('web.mesos') }]);
  await running.threads.settled();
  expect(await targets()).toMatchObject([{ type: 'PTR', data: 'web.mesos' }]);
  await running.threads.kill(0);
  running.publishReverse([{ type: 'PTR', owner, target: knownName('shop.mesos') }]);
  expect(await targets()).toMatchObject([{ type: 'PTR', data: 'shop.mesos' }]);
});

test('a thread that throws is replaced', async () => {
  const { running, client } = await start();
  await running.threads.settled();
  // No step looks like this: taking it throws outside of any query.
  running.threads.publish([{ octets: new BigInt64Array(8) as never }]);
  while (running.threads.restarts === 0) await settle();
  expect(await addressOf(client, 'web.mesos')).toBe('10.0.0.1');
  expect(running.threads.restarts).toBe(1);
});

test('who waits for a thread to settle is not forgotten when it dies', async () => {
  const { running } = await start();
  const settled = running.threads.settled();
  await running.threads.kill(0);
  await settled;
  expect(running.threads.restarts).toBe(1);
});

test('threads can be closed while one is being replaced', async () => {
  const running = await startAnswerThreads();
  await running.threads.kill(0);
  await running.close();
  expect(running.threads.serving).toBe(0);
});

test('a thread that cannot start is an error', async () => {
  const errors: string[] = [];
  const log = { ...quietLog(), error: (message: string) => void errors.push(message) };
  const broken = startAnswerThreads(1, log, { origin: undefined as never });
  await expect(broken).rejects.toThrow('Answer thread 0 cannot start');
  expect(errors).toEqual(['An answer thread failed']);
});

test('killed threads of a wildcard leave neither it unanswered nor descriptors behind', async () => {
  const running = await startAnswerThreads(1, quietLog(), {}, '0.0.0.0');
  const client = await udpClient('127.0.0.9', running.port);
  opened.push(client, running);
  const { threads } = running;
  const descriptors: number[] = [];
  for (let kills = 1; kills <= 3; kills++) {
    await threads.kill(0);
    while (threads.restarts < kills || threads.serving < 1) await settle();
    expect(await addressOf(client, 'web.mesos')).toBe('10.0.0.1');
    descriptors.push(readdirSync('/proc/self/fd').length);
  }
  expect(descriptors.at(-1)).toBeLessThanOrEqual(descriptors[0]);
});

test('ten threads killed under a steady load of 1,000 a second lose less than one query in two hundred', async () => {
  const { running, client } = await start();
  const { threads } = running;
  await threads.settled();
  let asked = 0;
  let isLoadOn = true;
  const load = async () => {
    const startMs = performance.now();
    const query = queryOctets(1, 'web.mesos');
    while (isLoadOn) {
      const due = Math.floor(performance.now() - startMs);
      for (; asked < due; asked++) client.send(query);
      await new Promise(resolve => setImmediate(resolve));
    }
  };
  const loaded = load();
  for (let kills = 1; kills <= 10; kills++) {
    // What waited for the thread is answered, and then some.
    const enough = asked + 100;
    while (client.received < enough) await settle();
    await threads.kill(0);
    while (threads.restarts < kills || threads.serving < 1) await settle();
  }
  isLoadOn = false;
  await loaded;
  expect(asked).toBeGreaterThan(1000);
  // Nothing on loopback is on its way for seconds: what has not come by then is lost.
  const wanted = Math.ceil(asked * 0.995);
  await expect.poll(() => client.received, { timeout: 10_000 }).toBeGreaterThanOrEqual(wanted);
  expect(threads.counts().not_ready).toBe(0);
});
