import { expect, onTestFinished, test } from 'vitest';
import { ask, serveApi } from '../fakes/served-api.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const TOKEN = { headers: { authorization: 'Bearer s3cret' }, method: 'POST' };

async function refreshable(token: string | undefined = 's3cret') {
  const clock = new SimulatedClock();
  let count = 0;
  const refresh = () => {
    count++;
  };
  const guard = { networks: {}, token, credentials: undefined };
  const api = await serveApi({ refresh }, { guard, clock });
  onTestFinished(() => api.close());
  return { url: `${api.url}/v1/refresh`, clock, count: () => count };
}

test('whoever has the token has the state read again, at most once a second', async () => {
  const { url, clock, count } = await refreshable();
  expect(await ask(url, TOKEN)).toMatchObject({ status: 202 });
  expect(await ask(url, TOKEN)).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  await clock.advance(1000);
  expect(await ask(url, TOKEN)).toMatchObject({ status: 202 });
  expect(count()).toBe(2);
});

test.each([
  { why: 'GET', request: { headers: TOKEN.headers }, status: 405 },
  { why: 'no token', request: { method: 'POST' }, status: 401 },
  {
    why: 'a page of another site',
    request: { ...TOKEN, headers: { ...TOKEN.headers, origin: 'http://other.example' } },
    status: 403,
  },
  { why: 'a body', request: { ...TOKEN, body: 'now' }, status: 413 },
])('$why: $status, and nothing is read', async ({ request, status }) => {
  const { url, count } = await refreshable();
  expect(await ask(url, request)).toMatchObject({ status });
  expect(count()).toBe(0);
});

test('without token and credentials nobody may', async () => {
  const clock = new SimulatedClock();
  const api = await serveApi({}, { clock });
  onTestFinished(() => api.close());
  expect(await ask(`${api.url}/v1/refresh`, { method: 'POST' })).toMatchObject({ status: 403 });
});
