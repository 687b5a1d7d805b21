import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import type { Log } from '../../src/runtime/index.ts';
import { quietLog } from '../../src/runtime/index.ts';
import { ask, readableZone, serveApi } from '../fakes/served-api.ts';

async function served(...args: Parameters<typeof serveApi>) {
  const api = await serveApi(...args);
  onTestFinished(() => api.close());
  return api;
}

const JSON_TYPE = 'application/json';

describe('Mesos-DNS’s own ways', () => {
  test.each([
    { why: 'a name', path: '/v1/hosts/web.marathon.mesos', first: '10.0.0.1' },
    { why: 'a name in capitals', path: '/v1/hosts/WEB.Marathon.MESOS', first: '10.0.0.1' },
    { why: 'a final dot', path: '/v1/hosts/web.marathon.mesos.', first: '10.0.0.1' },
    { why: 'a final slash', path: '/v1/hosts/web.marathon.mesos/', first: '10.0.0.1' },
    { why: 'stars', path: '/v1/hosts/web.*.marathon.mesos', first: '10.0.0.1' },
    { why: 'an unknown name: one empty element', path: '/v1/hosts/x.mesos', first: '' },
    { why: 'only a star', path: '/v1/hosts/.*', first: '' },
    { why: 'a name no message can hold', path: `/v1/hosts/${'x'.repeat(64)}.mesos`, first: '' },
    { why: 'Object’s own names', path: '/v1/hosts/__proto__', first: '' },
  ])('hosts takes $why', async ({ path, first }) => {
    const { url } = await served();
    const { status, headers, body } = await ask(url + path);
    expect([status, headers['content-type']]).toEqual([200, JSON_TYPE]);
    expect(JSON.parse(body)[0].ip).toBe(first);
  });

  test('hosts lists A before AAAA, under the name as it is looked up', async () => {
    const { url } = await served();
    const { body } = await ask(`${url}/v1/hosts/Web.marathon.mesos`);
    const host = 'web.marathon.mesos.';
    expect(JSON.parse(body)).toEqual([
      { host, ip: '10.0.0.1' },
      { host, ip: '10.0.0.2' },
      { host, ip: 'fd00::1' },
    ]);
  });

  test('a service without an address for its target has nothing but the empty element', async () => {
    const zone = readableZone([
      {
        type: 'SRV',
        owner: knownName('_web._tcp.mesos'),
        priority: 0,
        weight: 1,
        port: 80,
        target: knownName('gone.mesos'),
      },
    ]);
    const { url } = await served({ zone });
    const { body } = await ask(`${url}/v1/services/_web._tcp.mesos`);
    expect(JSON.parse(body)).toEqual([{ service: '', host: '', ip: '', port: '' }]);
  });

  test('without enumerationOn neither listing exists', async () => {
    const { url } = await served({ enumerate: undefined });
    expect((await ask(`${url}/v1/enumerate`)).status).toBe(404);
    expect((await ask(`${url}/v1/axfr`)).status).toBe(404);
  });

  test('before the first state nothing is said about names', async () => {
    const { url } = await served({ zone: { ...readableZone(), serial: undefined } });
    for (const path of ['hosts/web.mesos', 'services/_web._tcp.mesos', 'axfr', 'enumerate']) {
      expect((await ask(`${url}/v1/${path}`)).status, path).toBe(503);
    }
    expect((await ask(`${url}/v1/version`)).status).toBe(200);
  });
});

describe('the zone as a master file', () => {
  test('begins with the start of authority; every record follows', async () => {
    const { url } = await served();
    const { status, headers, body } = await ask(`${url}/v1/zone`);
    expect([status, headers['content-type']]).toEqual([200, 'text/dns; charset=us-ascii']);
    expect(body.split('\n')[0]).toMatch(/^mesos\. 60 IN SOA /);
    expect(body).toContain('\nweb.marathon.mesos. 60 IN A 10.0.0.1\n');
  });

  test('is not told without enumerationOn, or before the first state', async () => {
    const closed = await served({ enumerate: undefined });
    expect((await ask(`${closed.url}/v1/zone`)).status).toBe(404);
    const early = await served({ zone: { ...readableZone(), serial: undefined } });
    expect((await ask(`${early.url}/v1/zone`)).status).toBe(503);
  });
});

describe('what is refused', () => {
  test.each([
    { why: 'an unknown path', path: '/v1/nope', status: 404 },
    { why: 'two slashes', path: '//v1/version', status: 404 },
    { why: 'hosts without a host', path: '/v1/hosts/', status: 404 },
    { why: 'a broken percent sign', path: '/v1/hosts/%zz', status: 400 },
    { why: 'another method', path: '/v1/version', method: 'POST', status: 405 },
    { why: 'HEAD where Mesos-DNS refuses it', path: '/v1/version', method: 'HEAD', status: 405 },
    { why: 'an Accept without JSON', path: '/v1/axfr', accept: 'text/html, image/*', status: 406 },
    { why: 'the page where HTML is not asked for', path: '/', accept: '*/*', status: 404 },
  ])('$why is answered with $status in plain text', async ({ path, method, accept, status }) => {
    const { url } = await served();
    const headers = accept ? { accept } : {};
    const answer = await ask(url + path, { headers, ...(method ? { method } : {}) });
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      'text/plain; charset=utf-8',
    ]);
  });

  test('a body is not read', async () => {
    const { url } = await served();
    const answer = await ask(`${url}/v1/version`, {
      headers: { 'content-length': '1000' },
      body: 'x'.repeat(1000),
    });
    expect([answer.status, answer.headers.connection]).toEqual([413, 'close']);
  });

  test('a header beyond 16 KiB', async () => {
    const { url } = await served();
    const headers = { 'x-long': 'x'.repeat(20_000) };
    expect((await ask(`${url}/v1/version`, { headers })).status).toBe(431);
  });

  test('what goes wrong inside is logged, and not shown', async () => {
    const errors: unknown[] = [];
    const log: Log = { ...quietLog(), error: (_message, fields) => errors.push(fields?.error) };
    const fault = new Error('the secret reason');
    const config = () => {
      throw fault;
    };
    const { url } = await served({ config }, { log });
    const { status, body } = await ask(`${url}/v1/config`);
    expect([status, body]).toEqual([500, 'Internal error\n']);
    expect(errors).toEqual([fault]);
  });
});

describe('health and readiness', () => {
  test('a living process is healthy; HEAD will do', async () => {
    const { url } = await served({ unreadiness: () => ['no state yet'] });
    expect((await ask(`${url}/health`)).status).toBe(200);
    expect(await ask(`${url}/health`, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test('readiness says what it waits for', async () => {
    const reasons = ['no state of the cluster yet'];
    const { url } = await served({ unreadiness: () => reasons });
    const before = await ask(`${url}/ready`);
    expect([before.status, JSON.parse(before.body)]).toEqual([
      503,
      { status: 'not ready', reasons },
    ]);
    reasons.length = 0;
    const after = await ask(`${url}/ready`);
    expect([after.status, JSON.parse(after.body)]).toEqual([200, { status: 'ready', reasons: [] }]);
  });

  test('metrics are told in their own type', async () => {
    const { url } = await served();
    const { headers, body } = await ask(`${url}/metrics`);
    expect([headers['content-type'], body]).toEqual([
      'text/plain; version=0.0.4',
      'mesonym_up 1\n',
    ]);
  });
});

test('status tells zone and changes beside what it is handed', async () => {
  const { url } = await served();
  const { body } = await ask(`${url}/v1/status`);
  expect(JSON.parse(body)).toMatchObject({
    version: '0.0.0-test',
    zone: { origin: 'mesos.', serial: 1_700_000_000, names: 1, lastChanges: [] },
    cluster: { leader: '10.0.0.1:5050', source: 'stream' },
  });
});

test.each([
  { why: 'a name', asked: 'web.marathon.mesos', is: 'web.marathon.mesos.' },
  { why: 'an address', asked: '10.0.0.1', is: { family: 4, text: '10.0.0.1' } },
  { why: 'an IPv6 address', asked: 'FD00::0:1', is: { family: 6, text: 'fd00::1' } },
])('explain takes $why', async ({ asked, is }) => {
  const nothing = { parts: [], moreParts: 0, tasks: [], moreTasks: 0, additions: [] };
  const questions: unknown[] = [];
  const { url } = await served({
    explain: question => {
      questions.push(question);
      return { name: undefined, address: undefined, place: undefined, ...nothing };
    },
  });
  expect(JSON.parse((await ask(`${url}/v1/explain/${asked}`)).body)).toEqual(nothing);
  expect(questions).toEqual([is]);
});

test('a client that leaves a long listing unread does not fill the memory', async () => {
  let made = 0;
  function* tasks() {
    for (; made < 100_000; made++) yield { name: 'x'.repeat(1000), id: `${made}`, records: [] };
  }
  const { port } = await served({ enumerate: () => [{ name: 'big', tasks: tasks() }] });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /v1/enumerate HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'readable');
  // Nobody reads: what the kernel does not hold is not made. Other requests are still answered.
  expect((await ask(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  expect(made).toBeLessThan(50_000);
  socket.destroy();
});

test('an address that is taken is told', async () => {
  const { port } = await served();
  await expect(serveApi({}, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
