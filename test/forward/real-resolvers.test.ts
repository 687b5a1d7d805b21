import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from 'dns-packet';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { UpstreamAddress } from '../../src/forward/index.ts';
import { at, forwarding } from '../fakes/forwarding.ts';
import { testWith } from '../fakes/real-programs.ts';
import { askDirectly, type RealResolvers, startRealResolvers } from '../fakes/real-resolvers.ts';
import { PROJECT } from '../paths.ts';

const test = testWith('named', 'unbound');
const tlsAuthorities = readFileSync(join(PROJECT, 'test/fixtures/tls/ca.pem'), 'utf8');

let real: RealResolvers;
beforeAll(async () => {
  real = await startRealResolvers();
});
afterAll(() => real?.close());

const QUESTIONS = [
  ['www.lab.test', 'A'],
  ['www.lab.test', 'AAAA'],
  ['WWW.Lab.TEST', 'A'],
  ['www.lab.test', 'MX'],
  ['chain.lab.test', 'A'],
  ['x.y.wild.lab.test', 'TXT'],
  ['some.old.lab.test', 'TXT'],
  ['_http._tcp.lab.test', 'SRV'],
  ['mail.lab.test', 'MX'],
  ['odd.lab.test', 'UNKNOWN_65280'],
  ['svc.lab.test', 'UNKNOWN_65'],
  ['many.lab.test', 'A'],
  ['lab.test', 'SOA'],
  ['nothing.lab.test', 'A'],
] as const;

const WAYS: readonly (readonly [string, () => UpstreamAddress])[] = [
  ['named by UDP', () => at(real.named)],
  ['named by TCP', () => at(real.named, 'tcp')],
  ['unbound by UDP', () => at(real.unbound)],
  ['unbound by IPv6', () => ({ ...at(real.unbound), address: '::1' })],
  ['unbound by TCP', () => at(real.unbound, 'tcp')],
  ['unbound by TLS', () => at(real.unboundTls, 'tls')],
];

/** What two responses must have in common: order and TTLs may differ. */
function essence(answers: readonly Answer[] | undefined): string[] {
  const texts = (answers ?? []).map(answer => {
    const { name, type, data } = answer as { name: string; type: string; data: unknown };
    return `${name.toLowerCase()} ${type} ${JSON.stringify(data)}`;
  });
  return texts.sort();
}

describe.each(WAYS)('%s', (_, upstream) => {
  test.each(QUESTIONS)('says of %s %s what it says directly, twice', async (name, type) => {
    const { ask, askFast, forwarder } = forwarding({ resolvers: [upstream()], tlsAuthorities });
    const direct = await askDirectly(real.named, name, type);
    const asked = { type, transport: 'tcp', payload: 1232 } as const;
    const first = await ask(name, asked);
    const second = askFast(name, asked);
    await forwarder.close();
    for (const response of [first, second]) {
      expect(essence(response?.answers)).toEqual(essence(direct.answers));
      expect(response).toMatchObject({ rcode: (direct as { rcode?: string }).rcode });
      expect(response?.questions).toMatchObject([{ name }]);
    }
  });
});

test('100 addresses come by TCP after a truncated response by UDP, and are cut for UDP', async () => {
  const { ask, forwarder, counted } = forwarding({ resolvers: [at(real.unbound)] });
  const response = await ask('many.lab.test', { payload: 1232 });
  await forwarder.close();
  expect(response).toMatchObject({ flag_tc: true });
  expect(response?.answers?.length).toBeGreaterThan(60);
  expect(counted('upstream_stream_queries')).toBe(1);
});

test('letters in random case are no trouble to real resolvers', async () => {
  const resolvers = [at(real.unbound)];
  const { ask, forwarder } = forwarding({ resolvers, inRandomCase: true });
  for (const name of ['www.lab.test', 'alias.lab.test', 'chain.lab.test', 'a.wild.lab.test']) {
    expect(await ask(name)).toMatchObject({ rcode: 'NOERROR', questions: [{ name }] });
  }
  await forwarder.close();
});
