import { afterAll, beforeAll, expect, test } from 'vitest';
import { cryptoRandom, systemClock } from '../../src/runtime/index.ts';
import { CONTROLS } from '../../src/simulator/control.ts';
import {
  type ClusterControl,
  type SimulatedCluster,
  serveControl,
  startCluster,
} from '../../src/simulator/index.ts';

const clock = systemClock();
let cluster: SimulatedCluster;
let control: ClusterControl;
const asked: string[] = [];

beforeAll(async () => {
  cluster = await startCluster({ clock, random: cryptoRandom() });
  await cluster.launch({ id: 'web', instances: 2 });
  control = await serveControl(cluster, clock, ({ path }) => asked.push(path));
});

afterAll(async () => {
  await control.close();
  await cluster.close();
});

async function ask(path: string, method = 'POST') {
  const response = await fetch(`${control.origin}${path}`, { method });
  return { status: response.status, text: await response.text() };
}

test.each([
  { path: '/apps/web/scale/4', after: /(task web [\s\S]*){4}/ },
  { path: '/apps/web/kill', after: /(task web [\s\S]*){4}/ },
  { path: '/agents/2/lose', after: /^agent 2 lost$/m },
  { path: '/agents/2/return', after: /^agent 2 connected$/m },
  { path: '/leader/pause', after: /^master \S+ hangs$/m },
  { path: '/masters/return', after: /^(?![\s\S]* hangs)[\s\S]* leading$/m },
  { path: '/leader/kill', after: /^master \S+ leading$/m },
  { path: '/zookeeper/lose', after: /^(?![\s\S]* leading\n)ZooKeeper/ },
  { path: '/zookeeper/return', after: /^master \S+ leading$/m },
  { path: '/masters/kill', after: /(master \S+ dead\n){3}/ },
])('POST $path', async ({ path, after }) => {
  const { status, text } = await ask(path);
  expect(status, text).toBe(200);
  expect(text).toMatch(after);
});

test('every control was asked for above', () => {
  expect(new Set(asked)).toEqual(new Set(CONTROLS.map(({ path }) => path)));
});

test.each([
  {
    why: 'no such thing',
    path: '/leader/praise',
    method: 'POST',
    status: 404,
    text: /POST \/leader\/kill/,
  },
  { why: 'asked, not told', path: '/leader/kill', method: 'GET', status: 405, text: /POST/ },
  {
    why: 'no such agent',
    path: '/agents/9/lose',
    method: 'POST',
    status: 409,
    text: /no agent 9, but 1 to 3/,
  },
  {
    why: 'no such app',
    path: '/apps/nope/scale/2',
    method: 'POST',
    status: 409,
    text: /no such app/,
  },
  {
    why: 'no number',
    path: '/apps/web/scale/many',
    method: 'POST',
    status: 409,
    text: /no number/,
  },
  { why: 'none runs', path: '/apps/nope/kill', method: 'POST', status: 409, text: /none runs/ },
])('$why', async ({ path, method, status, text }) => {
  const reply = await ask(path, method);
  expect(reply.status).toBe(status);
  expect(reply.text).toMatch(text);
});

test('the root says how the cluster is, and what can be asked for', async () => {
  const { text } = await ask('/', 'GET');
  for (const { path } of CONTROLS) expect(text).toContain(`POST ${path}: `);
  expect(text).toMatch(/^agent 3 connected$/m);
});
