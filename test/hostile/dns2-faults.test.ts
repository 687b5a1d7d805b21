import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import { idOf, queryOctets, tcpClient, udpClient } from '../fakes/dns-client.ts';
import { rawQuery } from '../fakes/raw-query.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { type ServiceSpec, stateJson } from '../fakes/state-json.ts';
import { seenResponse, verdictOf } from '../fakes/verdict.ts';
import { PROJECT } from '../paths.ts';
import { expectUnharmed } from './unharmed.ts';

const range = (count: number, address: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => [address(index)]);
const SERVICES: readonly ServiceSpec[] = [
  { name: 'web', instances: [['10.9.8.1']], ports: [31000] },
  { name: 'six', instances: [['::ffff:10.0.0.1', 'fe80::1%eth0', '::1.2.3']] },
  { name: 'huge', instances: range(5_000, index => `10.8.${index >> 8}.${index & 255}`) },
];
const TEXT = 'x'.repeat(128);

let product: ServedProduct;
beforeAll(async () => {
  const settings = { udpPayloadMax: 65_507, versionText: TEXT, refreshSeconds: 3600 };
  product = await serveProduct(stateJson('127.0.0.1:5050', SERVICES), settings);
});
afterAll(() => product.close());

async function byUdp(query: Octets): Promise<Octets> {
  const client = await udpClient('127.0.0.1', product.port);
  const response = await client.ask(query);
  await client.close();
  return response;
}

async function byTcp(query: Octets): Promise<Octets> {
  const client = await tcpClient('127.0.0.1', product.port);
  client.send(query);
  const response = await client.receive();
  client.close();
  return response!;
}

/** So many that the kernel's tick, in which processor time is counted, is small beside them. */
const ORDINARY_TIMES = 2_000;

/** How many ordinary queries the server could answer in the processor time that it takes for `message`. */
async function costInQueries(message: Octets, times: number): Promise<number> {
  const ordinary = await costMs(queryOctets(1, 'web.marathon.mesos'), ORDINARY_TIMES);
  return (await costMs(message, times)) / ordinary;
}

/** Processor time of the server for each of `times` messages sent one after another, in milliseconds. */
async function costMs(message: Octets, times: number): Promise<number> {
  const client = await tcpClient('127.0.0.1', product.port);
  const beforeMs = product.cpuMs();
  for (let sent = 0; sent < times; sent++) {
    client.send(message);
    await client.receive();
  }
  client.close();
  return (product.cpuMs() - beforeMs) / times;
}

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const many = (times: number, ...octets: readonly number[]) =>
  Uint8Array.from({ length: times * octets.length }, (_, index) => octets[index % octets.length]);

/**
 * How a DNS server on Node dies: what was seen of the package dns2. Each row either is tried here on
 * the whole product, or names the test that shows it.
 */
interface Row {
  readonly row: number;
  readonly fault: string;
  readonly shown: (() => Promise<void>) | readonly [file: string, title: string];
}

const LIES =
  '000701000001000094007201045f776562045f746370086d61726174686f6e056d65736f730000210001c9002904d0000000000000';

const ROWS: readonly Row[] = [
  {
    row: 1,
    fault: 'a header that promises records blocks the process for seconds',
    shown: async () => {
      for (const lies of [hex(LIES), hex('000701000000ffffffffffff')]) {
        expect(verdictOf(await byUdp(lies))).toMatch(/^FORMERR/);
        expect(await costInQueries(lies, 300)).toBeLessThan(10);
      }
    },
  },
  {
    row: 2,
    fault: 'a message under 12 octets',
    shown: async () => {
      const client = await udpClient('127.0.0.1', product.port);
      for (let length = 0; length < 12; length++) client.send(new Uint8Array(length));
      await client.ask(queryOctets(9, 'web.marathon.mesos'));
      expect(client.received).toBe(1);
      await client.close();
    },
  },
  {
    row: 3,
    fault: 'a query from port 0 ends the process',
    shown: ['test/hostile/packets.test.ts', 'source port 0 is dropped'],
  },
  {
    row: 4,
    fault: 'an answer longer than UDP carries ends the process',
    shown: async () => {
      const opt = { udpPayload: 65_535 };
      const response = await byUdp(rawQuery({ name: 'huge.marathon.mesos', opt }));
      expect(verdictOf(response)).toMatch(/^NOERROR aa tc .*A opt/);
      expect(response.length).toBeGreaterThan(65_000);
      expect(response.length).toBeLessThanOrEqual(65_507);
    },
  },
  {
    row: 5,
    fault: 'a handler that rejects ends the process',
    shown: ['test/handlers/slow-path.test.ts', 'SERVFAIL from a handler that %s'],
  },
  {
    row: 6,
    fault: 'a handler that throws leaves the client without a response',
    shown: ['test/handlers/slow-path.test.ts', 'SERVFAIL from a handler that %s'],
  },
  {
    row: 7,
    fault: 'slots of dropped queries are never given back',
    shown: ['test/hostile/access.test.ts', 'a silent upstream costs no slot for ever'],
  },
  {
    row: 8,
    fault: 'idle connections keep the server from closing',
    shown: async () => {
      const other = await serveProduct(stateJson('127.0.0.1:5050', SERVICES.slice(0, 1)));
      const idle = await Promise.all(
        Array.from({ length: 50 }, () => tcpClient('127.0.0.1', other.port)),
      );
      const ended = once(other.child, 'exit');
      await other.close();
      expect(await ended).toEqual([0, null]);
      for (const client of idle) client.close();
    },
  },
  {
    row: 9,
    fault: 'a port that is taken leaves the start pending',
    shown: [
      'test/server/listeners.test.ts',
      'a port another program has is an error that names it',
    ],
  },
  {
    row: 10,
    fault: 'responses are answered, so that two servers can loop',
    shown: async () => {
      const client = await udpClient('127.0.0.1', product.port);
      for (const flags of [0x8000, 0x8180, 0xf800]) {
        client.send(rawQuery({ id: 1, flags, name: 'web.marathon.mesos' }));
      }
      await client.ask(queryOctets(9, 'web.marathon.mesos'));
      expect(client.received).toBe(1);
      await client.close();
    },
  },
  {
    row: 11,
    fault: 'a truncated response has no OPT record and no answers',
    shown: async () => {
      const response = await byUdp(rawQuery({ name: 'huge.marathon.mesos', opt: {} }));
      expect(verdictOf(response)).toMatch(/^NOERROR aa tc .*A opt$/);
    },
  },
  {
    row: 12,
    fault: 'AA, RA and OPT are left out of responses, and size 4096 is offered',
    shown: ['test/hostile/edns-matrix.ts', '8.2.1: EDNS 0'],
  },
  {
    row: 13,
    fault: 'IPv4 in IPv6 and scoped addresses become other addresses',
    shown: async () => {
      const { message } = seenResponse(await byUdp(queryOctets(1, 'six.marathon.mesos', 28)))!;
      const addresses = message.answers?.map(answer => ('data' in answer ? answer.data : ''));
      expect(addresses).toEqual([]);
    },
  },
  {
    row: 14,
    fault: 'a long text corrupts the message',
    shown: async () => {
      const query = rawQuery({ name: 'version.bind', type: 16, class: 3 });
      const [answer] = seenResponse(await byUdp(query))!.message.answers!;
      expect(answer).toMatchObject({ type: 'TXT', data: [Buffer.from(TEXT)] });
    },
  },
  {
    row: 15,
    fault: 'records have class ANY',
    shown: async () => {
      const { message } = seenResponse(
        await byTcp(queryOctets(1, '_web._tcp.marathon.mesos', 33)),
      )!;
      const all = [...message.answers!, ...message.additionals!];
      expect(all.map(record => ('class' in record ? record.class : ''))).toEqual(['IN', 'IN']);
    },
  },
  {
    row: 16,
    fault: 'a label that holds a dot becomes two',
    shown: ['test/zone/answer.test.ts', 'a label that holds a dot is not the apex'],
  },
  {
    row: 17,
    fault: 'unknown options are lost on their way upstream',
    shown: ['test/forward/forward-handler.test.ts', 'is asked with what its client said'],
  },
  {
    row: 18,
    fault: 'newer types cannot be asked for',
    shown: ['test/forward/forward-handler.test.ts', 'of an unknown type passes through'],
  },
  {
    row: 19,
    fault: 'SRV targets are compressed, against RFC 2782',
    shown: ['test/zone/answer-size.test.ts', 'targets are whole where there is room'],
  },
  {
    row: 20,
    fault: 'chains of pointers block the process for seconds',
    shown: async () => {
      const tail = many(32_000, 0xc0, 12);
      const bomb = rawQuery({ name: null, counts: [1, 2_000, 2_000, 2_000], tail });
      expect(verdictOf(await byTcp(bomb))).toMatch(/^FORMERR/);
      expect(await costInQueries(bomb, 100)).toBeLessThan(50);
      expect(verdictOf(await byUdp(bomb.subarray(0, 60_000)))).toMatch(/^FORMERR/);
    },
  },
  {
    row: 21,
    fault: 'thousands of records take a second to encode',
    shown: async () => {
      const query = queryOctets(1, 'huge.marathon.mesos');
      expect((await byTcp(query)).length).toBeGreaterThan(65_000);
      expect(await costInQueries(query, 100)).toBeLessThan(100);
    },
  },
  {
    row: 22,
    fault: 'ids are always 0, and responses are believed unseen',
    shown: ['test/forward/stream-channel.test.ts', 'must answer the question that was asked'],
  },
  {
    row: 23,
    fault: 'a response to another question is accepted',
    shown: ['test/forward/udp-channel.test.ts', 'a response counts'],
  },
  {
    row: 24,
    fault: 'types that do not fit the code',
    shown: ['tsconfig.json', '"strict": true'],
  },
  {
    row: 25,
    fault: 'who never reads fills the memory',
    shown: ['test/hostile/tcp-attacks.test.ts', 'unread responses end the connection'],
  },
];

const isTried = ({ shown }: Row) => typeof shown === 'function';

describe('what ends or blocks other servers', () => {
  test.each(ROWS.filter(isTried))('row $row: $fault', async ({ shown }) => {
    if (typeof shown === 'function') await shown();
    expect(idOf(await byUdp(queryOctets(77, 'web.marathon.mesos')))).toBe(77);
    await expectUnharmed(product);
  });

  test('the rows that are shown elsewhere still are', () => {
    for (const { row, shown } of ROWS) {
      if (typeof shown === 'function') continue;
      const [file, title] = shown;
      expect(readFileSync(join(PROJECT, file), 'utf8'), `row ${row}`).toContain(title);
    }
    expect(ROWS.map(({ row }) => row)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });
});
