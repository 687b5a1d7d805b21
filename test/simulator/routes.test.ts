import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { type SimulatedCluster, startCluster } from '../../src/simulator/index.ts';
import { recordedAnswer } from '../fakes/mesos-recordings.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const CREDENTIAL = { principal: 'reader', secret: 'secret' };

let open: SimulatedCluster;
let closed: SimulatedCluster;
beforeAll(async () => {
  const clock = new SimulatedClock();
  open = await startCluster({ clock, random: seededRandom(1) });
  closed = await startCluster({ clock, random: seededRandom(1), credential: CREDENTIAL });
});
afterAll(() => Promise.all([open.close(), closed.close()]));

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Asks as written: no redirect is followed, no header is added. */
function ask(address: string, method: string, path: string, headers = {}, body = '') {
  return new Promise<Answer>((resolve, reject) => {
    const [host, port] = address.split(':');
    const asked = request({ host, port, method, path, headers }, response => {
      const { statusCode = 0, headers: received } = response;
      text(response).then(
        octets => resolve({ status: statusCode, headers: received, body: octets }),
        reject,
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const GET_MASTER = '{"type":"GET_MASTER"}';

test.each([
  { recording: 'leader.health', method: 'GET', path: '/health' },
  { recording: 'leader.redirect', method: 'GET', path: '/redirect' },
  { recording: 'leader.master_redirect', method: 'GET', path: '/master/redirect' },
  { recording: 'leader.state.json', method: 'GET', path: '/state.json' },
  { recording: 'leader.master_version', method: 'GET', path: '/master/version' },
  { recording: 'leader.nosuch', method: 'GET', path: '/nosuch' },
  { recording: 'leader.v1_get', method: 'GET', path: '/api/v1' },
  { recording: 'leader.v1_no_content_type', method: 'POST', path: '/api/v1', body: GET_MASTER },
  {
    recording: 'leader.v1_form',
    method: 'POST',
    path: '/api/v1',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: GET_MASTER,
  },
  {
    recording: 'leader.v1_GET_MASTER_accept_text',
    method: 'POST',
    path: '/api/v1',
    headers: { ...JSON_TYPE, Accept: 'text/plain' },
    body: GET_MASTER,
  },
  {
    recording: 'leader.v1_bad_type',
    method: 'POST',
    path: '/api/v1',
    headers: JSON_TYPE,
    body: '{}',
  },
  { recording: 'follower.state', method: 'GET', path: '/state' },
  { recording: 'follower.master_state', method: 'GET', path: '/master/state' },
  { recording: 'follower.state_post', method: 'POST', path: '/state' },
  { recording: 'follower.state.json', method: 'GET', path: '/state.json' },
  { recording: 'follower.slaves', method: 'GET', path: '/slaves' },
  { recording: 'follower.frameworks', method: 'GET', path: '/frameworks' },
  { recording: 'follower.tasks', method: 'GET', path: '/tasks' },
  { recording: 'follower.state-summary', method: 'GET', path: '/state-summary' },
  { recording: 'follower.redirect', method: 'GET', path: '/redirect' },
  { recording: 'follower.health', method: 'GET', path: '/health' },
  { recording: 'follower.v1_get', method: 'GET', path: '/api/v1' },
  {
    recording: 'follower.v1_SUBSCRIBE',
    method: 'POST',
    path: '/api/v1',
    headers: JSON_TYPE,
    body: '{"type":"SUBSCRIBE"}',
  },
  { recording: 'auth.noauth.state', method: 'GET', path: '/state' },
  {
    recording: 'auth.bad.state',
    method: 'GET',
    path: '/state',
    headers: { Authorization: 'Basic eA==' },
  },
  { recording: 'auth.noauth.subscribe', method: 'POST', path: '/api/v1', headers: JSON_TYPE },
  { recording: 'auth.noauth.redirect', method: 'GET', path: '/redirect' },
])('answers $method $path as in $recording', async ({ recording, method, path, headers, body }) => {
  const real = recordedAnswer(`http/${recording}.http`);
  const cluster = recording.startsWith('auth') ? closed : open;
  const address = cluster.addresses[recording.startsWith('follower') ? 1 : 0];
  const answer = await ask(address, method, path, headers, body);
  expect(answer.status).toBe(real.status);
  expect(answer.body).toBe(real.body);
  const location = real.headers.get('location')?.replace(/127\.0\.0\.1:\d+/, cluster.addresses[0]);
  const wanted = { ...Object.fromEntries(real.headers), ...(location && { location }) };
  const { date, ...rest } = wanted as Record<string, string>;
  expect(date).toBeDefined();
  expect({ ...answer.headers, date: undefined }).toEqual({ ...rest, date: undefined });
});

test('the right name and password open what the wrong ones do not', async () => {
  const Authorization = `Basic ${Buffer.from('reader:secret').toString('base64')}`;
  const answer = await ask(closed.addresses[0], 'GET', '/state', { Authorization });
  expect(answer.status).toBe(200);
});

test('without ZooKeeper nobody leads, and every master says so', async () => {
  const cluster = await startCluster({ clock: new SimulatedClock(), random: seededRandom(2) });
  await cluster.masters.loseZooKeeper();
  for (const address of cluster.addresses) {
    for (const path of ['/state', '/redirect', '/api/v1']) {
      const { status, body } = await ask(address, 'GET', path);
      expect([status, body]).toEqual([503, 'No leader elected']);
    }
  }
  cluster.masters.returnZooKeeper();
  expect((await ask(cluster.addresses[1], 'GET', '/redirect')).status).toBe(307);
  await cluster.close();
});

test('a long answer is gzipped for those who can read it', async () => {
  const answer = await ask(open.addresses[0], 'GET', '/state', { 'Accept-Encoding': 'gzip' });
  expect(answer.headers['content-encoding']).toBe('gzip');
});
