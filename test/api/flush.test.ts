import { expect, onTestFinished, test } from 'vitest';
import { ask, serveApi } from '../fakes/served-api.ts';

const TOKEN = { headers: { authorization: 'Bearer s3cret' }, method: 'POST' };

async function flushable(token: string | undefined = 's3cret') {
  const flushed: (string | undefined)[] = [];
  const guard = { networks: {}, token, credentials: undefined };
  const api = await serveApi({ flush: name => void flushed.push(name) }, { guard });
  onTestFinished(() => api.close());
  return { url: `${api.url}/v1/flush`, flushed };
}

test('whoever has the token has all forgotten, or one name', async () => {
  const { url, flushed } = await flushable();
  expect(await ask(url, TOKEN)).toMatchObject({ status: 200 });
  expect(await ask(`${url}?name=Example.COM`, TOKEN)).toMatchObject({ status: 200 });
  expect(flushed).toEqual([undefined, 'example.com.']);
});

test.each([
  { why: 'GET', request: { headers: TOKEN.headers }, status: 405 },
  { why: 'no token', request: { method: 'POST' }, status: 401 },
  {
    why: 'a page of another site',
    request: { ...TOKEN, headers: { ...TOKEN.headers, origin: 'http://other.example' } },
    status: 403,
  },
  { why: 'no name', request: TOKEN, query: `?name=${'x'.repeat(64)}.test`, status: 400 },
])('$why: $status, and nothing is forgotten', async ({ request, query = '', status }) => {
  const { url, flushed } = await flushable();
  expect(await ask(url + query, request)).toMatchObject({ status });
  expect(flushed).toEqual([]);
});
