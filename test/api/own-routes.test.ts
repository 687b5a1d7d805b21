import { expect, onTestFinished, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import { ask, readableZone, serveApi } from '../fakes/served-api.ts';

test.each([
  { path: 'web.marathon.mesos', values: ['A 10.0.0.1', 'A 10.0.0.2', 'AAAA fd00::1'] },
  { path: 'WEB.marathon.mesos.?type=aaaa', values: ['AAAA fd00::1'] },
])('/v1/records/$path gives $values', async ({ path, values }) => {
  const api = await serveApi();
  onTestFinished(() => api.close());
  const { status, body } = await ask(`${api.url}/v1/records/${path}`);
  expect(status).toBe(200);
  const { name, ttl, records } = JSON.parse(body);
  expect({ name, ttl }).toEqual({ name: 'web.marathon.mesos.', ttl: 60 });
  expect(records.map((one: Record<string, string>) => `${one.type} ${one.value}`)).toEqual(values);
});

test.each([
  { path: 'nobody.marathon.mesos', status: 404 },
  { path: 'web.marathon.mesos?type=SRV', status: 404 },
  { path: `${'x'.repeat(64)}.mesos`, status: 400 },
])('/v1/records/$path is a miss: $status', async ({ path, status }) => {
  const api = await serveApi();
  onTestFinished(() => api.close());
  expect((await ask(`${api.url}/v1/records/${path}`)).status).toBe(status);
});

test('before the first state nothing can be missing', async () => {
  const zone = { ...readableZone(), serial: undefined };
  const api = await serveApi({ zone });
  onTestFinished(() => api.close());
  for (const path of ['records/web.marathon.mesos', 'changes']) {
    expect((await ask(`${api.url}/v1/${path}`)).status).toBe(503);
  }
});

test.each([
  { path: 'zone', status: 200, first: 'mesos. 60 IN SOA' },
  { path: 'zone?origin=MESOS', status: 200, first: 'mesos. 60 IN SOA' },
  { path: 'zone?origin=10.in-addr.arpa', status: 200, first: '10.in-addr.arpa. 60 IN SOA' },
  { path: 'zone?origin=11.in-addr.arpa', status: 404, first: '' },
  { path: `zone?origin=${'x'.repeat(64)}`, status: 404, first: '' },
])('/v1/$path gives $status $first', async ({ path, status, first }) => {
  const reverse = { ...readableZone(), origin: knownName('10.in-addr.arpa') };
  const api = await serveApi({ reverseZones: [reverse] });
  onTestFinished(() => api.close());
  const found = await ask(`${api.url}/v1/${path}`);
  expect(found.status).toBe(status);
  expect(found.body.slice(0, first.length)).toBe(first);
});
