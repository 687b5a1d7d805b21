import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import { AUTHORITIES, type AuthorityName, startAuthority } from '../fakes/authorities.ts';
import { idOf, tcpClient, udpClient } from '../fakes/dns-client.ts';
import { rawQuery } from '../fakes/raw-query.ts';
import { testWith } from '../fakes/real-programs.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';
import { verdictOf } from '../fakes/verdict.ts';
import { EXTENDED, type MatrixRow, PLAIN } from './edns-matrix.ts';

const SECRET = 'e5e973e5a6b2a43f48e7dc849e37bfcf';
const SERVICES = [
  { name: 'web', instances: [['10.9.8.1'], ['10.9.8.2'], ['10.9.8.3', 'fd09::1']], ports: [31000] },
  { name: 'many', instances: Array.from({ length: 100 }, (_, index) => [`10.9.7.${index}`]) },
];
const PROBE = rawQuery({ id: 8, name: 'mesos', type: 6 });

let ours: ServedProduct;
let zone: string;
beforeAll(async () => {
  // The three have no recursion to offer.
  const settings = { cookieSecret: SECRET, nsid: 'ns7', recurseOn: false };
  ours = await serveProduct(stateJson('127.0.0.1:5050', SERVICES), settings);
  zone = await ours.text('/v1/zone');
});
afterAll(() => ours.close());

const TABLES: readonly (readonly [string, readonly MatrixRow[]])[] = [
  ['without EDNS', PLAIN],
  ['with EDNS', EXTENDED],
];

describe.each(TABLES)('Mesonym, %s', (_table, rows) => {
  test.each(rows)('$what: $verdict', async row => {
    expect(await verdict(row, ours.port)).toBe(row.verdict);
  });
});

describe.each(AUTHORITIES)('%s agrees, or there is a reason', name => {
  testWith(name)('row by row', async () => {
    const server = await startAuthority(name, zone, SECRET);
    const seen: string[] = [];
    const wanted: string[] = [];
    for (const row of [...PLAIN, ...EXTENDED]) {
      seen.push(`${row.what}: ${await verdict(row, server.port)}`);
      wanted.push(`${row.what}: ${row.but?.[name] ?? row.verdict}`);
    }
    await server.close();
    expect(seen).toEqual(wanted);
  });
});

test('every difference has its reason, and every reason a difference', () => {
  for (const { what, but, verdict, reason } of [...PLAIN, ...EXTENDED]) {
    const others = Object.values(but ?? ({} satisfies Partial<Record<AuthorityName, string>>));
    expect(
      others.every(other => other !== verdict),
      what,
    ).toBe(true);
    expect(others.length > 0, what).toBe(reason !== undefined);
  }
});

async function verdict({ query, transport }: MatrixRow, port: number): Promise<string> {
  const octets = rawQuery(query);
  return verdictOf(await (transport === 'tcp' ? askByTcp(octets, port) : askByUdp(octets, port)));
}

/** Undefined when two queries sent later were answered, one after the other, and this one was not. */
async function askByUdp(query: Octets, port: number): Promise<Octets | undefined> {
  const client = await udpClient('127.0.0.1', port);
  let response: Octets | undefined;
  client.send(query);
  for (let probes = 0; probes < 2 && !response; probes++) {
    client.send(PROBE);
    let next = await client.receive();
    for (; idOf(next) !== idOf(PROBE); next = await client.receive()) response = next;
  }
  await client.close();
  return response;
}

async function askByTcp(query: Octets, port: number): Promise<Octets | undefined> {
  const client = await tcpClient('127.0.0.1', port);
  client.send(query);
  const response = await client.receive();
  client.close();
  return response;
}
