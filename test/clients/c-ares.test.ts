import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';

/** More than one UDP response holds. */
const MANY = 100;
const SERVICES = [
  { name: 'web', instances: [['10.9.8.1', 'fd09::1'], ['10.9.8.2']], ports: [31_000] },
  { name: 'four', instances: [['10.9.8.3']] },
  { name: 'many', instances: Array.from({ length: MANY }, (_, index) => [`10.9.7.${index + 1}`]) },
];

// Node's own resolver is c-ares, as Envoy's and, in some builds, curl's is.
describe('c-ares', () => {
  let served: ServedProduct;
  let resolver: Resolver;

  beforeAll(async () => {
    served = await serveProduct(stateJson('127.0.0.1:5050', SERVICES));
    resolver = new Resolver({ timeout: 2_000, tries: 2 });
    resolver.setServers([`127.0.0.1:${served.port}`]);
  });
  afterAll(() => served.close());

  test('finds all addresses of both families', async () => {
    const four = await resolver.resolve4('web.marathon.mesos');
    expect(four.sort()).toEqual(['10.9.8.1', '10.9.8.2']);
    expect(await resolver.resolve6('web.marathon.mesos')).toEqual(['fd09::1']);
  });

  test('is told the TTL, which Envoy keeps to', async () => {
    const [{ ttl }] = await resolver.resolve4('four.marathon.mesos', { ttl: true });
    expect(ttl).toBe(60);
  });

  test('comes by TCP for an answer that was truncated', async () => {
    expect(await resolver.resolve4('many.marathon.mesos')).toHaveLength(MANY);
  });

  test('finds ports and the names of single instances, which have addresses', async () => {
    const found = await resolver.resolveSrv('_web._tcp.marathon.mesos');
    expect(found.map(({ port }) => port)).toEqual([31_000, 31_000]);
    for (const { name } of found) expect(await resolver.resolve4(name)).toHaveLength(1);
  });

  test.each([
    { why: 'a name without that type', name: 'four.marathon.mesos', code: 'ENODATA' },
    { why: 'an empty non-terminal', name: '_tcp.marathon.mesos', code: 'ENODATA' },
    { why: 'no such name', name: 'nope.marathon.mesos', code: 'ENOTFOUND' },
    { why: 'an outside name, of which nobody is asked', name: 'www.example.org', code: 'EREFUSED' },
  ])('tells $why apart: $code', async ({ name, code }) => {
    await expect(resolver.resolve6(name)).rejects.toMatchObject({ code });
  });
});
