import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, systemClock } from '../../src/runtime/index.ts';
import { type Fault, type SimulatedCluster, startCluster } from '../../src/simulator/index.ts';
import { WEB } from './app-json.ts';

let cluster: SimulatedCluster;
beforeAll(async () => {
  cluster = await startCluster({ clock: systemClock(), random: seededRandom(1) });
  await cluster.launch(WEB);
});
afterAll(() => cluster.close());

const state = () => fetch(`http://${cluster.addresses[0]}/state`, { redirect: 'manual' });

/** What one octet-wise reader gets before the other side ends, or before it has `enough`. */
function rawState(enough: number): Promise<string> {
  const [host, port] = cluster.addresses[0].split(':');
  return new Promise(resolve => {
    const socket = connect(Number(port), host);
    let octets = '';
    const done = () => {
      socket.destroy();
      resolve(octets);
    };
    socket.on('data', chunk => {
      octets += chunk.toString();
      if (octets.length >= enough) done();
    });
    socket.on('close', done);
    socket.on('error', done);
    socket.write('GET /state HTTP/1.1\r\nHost: master\r\n\r\n');
  });
}

async function withFault<Result>(fault: Fault, look: () => Promise<Result>): Promise<Result> {
  cluster.masters.setFault(fault, 0);
  try {
    return await look();
  } finally {
    cluster.masters.setFault(undefined);
  }
}

test.each<{ fault: Fault; status: number; body: RegExp }>([
  { fault: { kind: 'status', status: 500, body: 'sorry' }, status: 500, body: /^sorry$/ },
  { fault: { kind: 'html' }, status: 200, body: /^<html>/ },
  { fault: { kind: 'invalid' }, status: 200, body: /^\{"slaves": \[\}/ },
  { fault: { kind: 'wrong-shape' }, status: 200, body: /"slaves": \{\}/ },
  { fault: { kind: 'empty' }, status: 200, body: /"slaves":\[\].*"frameworks":\[\]/ },
  { fault: { kind: 'loop' }, status: 307, body: /^$/ },
])('a master can answer with $fault.kind', async ({ fault, status, body }) => {
  const answer = await withFault(fault, async () => {
    const response = await state();
    return { status: response.status, text: await response.text() };
  });
  expect(answer.status).toBe(status);
  expect(answer.text).toMatch(body);
});

test('partial leaves a share of agents and tasks', async () => {
  const body = await withFault({ kind: 'partial', share: 0.67 }, async () =>
    (await state()).json(),
  );
  expect((body as { slaves: unknown[] }).slaves).toHaveLength(2);
});

describe('connections', () => {
  test('truncated: ends before its length is reached', async () => {
    const octets = await withFault({ kind: 'truncated', share: 0.5 }, () => rawState(Infinity));
    const [head, body] = octets.split('\r\n\r\n');
    const told = Number(/Content-Length: (\d+)/.exec(head)?.[1]);
    expect(body).toHaveLength(Math.floor(told / 2));
  });

  test('reset: nothing at all', async () => {
    expect(await withFault({ kind: 'reset' }, () => rawState(Infinity))).toBe('');
  });

  test('hang: silence, and the connection stays', async () => {
    const answer = withFault({ kind: 'hang' }, async () => {
      const patience = AbortSignal.timeout(100);
      return fetch(`http://${cluster.addresses[0]}/state`, { signal: patience });
    });
    await expect(answer).rejects.toThrow(/timeout/);
  });

  test('slow: a few octets at a time, yet all of them', async () => {
    const slow: Fault = { kind: 'slow', octets: 4096, everyMs: 1 };
    const body = await withFault(slow, async () => (await state()).json());
    expect((body as { slaves: unknown[] }).slaves).toHaveLength(3);
  });

  test('hang in the body: headers, half of the body, and no end', async () => {
    const octets = await withFault({ kind: 'hang-in-body' }, () => rawState(400));
    expect(octets).toMatch(/^HTTP\/1.1 200 OK/);
  });
});
