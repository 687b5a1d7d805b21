import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { askMaster } from '../../src/mesos/ask-master.ts';
import { StateReader } from '../../src/mesos/index.ts';
import { stateLoader } from '../../src/mesos/load-state.ts';
import { masterClient } from '../../src/mesos/master-client.ts';
import { faultOf } from '../../src/mesos/master-error.ts';
import { fakeMaster } from '../fakes/fake-master.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { PROJECT } from '../paths.ts';
import { directoryOf, PLAIN_CLIENT } from './fixtures.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** An answer of a real master, as it was on the wire. */
function recorded(name: string): Buffer {
  const path = join(PROJECT, 'test/fixtures/mesos-real/http', `${name}.http`);
  return existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`));
}

const NO_LEADER = Buffer.from(
  'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 17\r\n\r\nNo leader elected',
);

/** A master that gives recorded answers by path, and 404 to everything else. */
async function startMaster(answers: Readonly<Record<string, Buffer>>) {
  const master = await fakeMaster(({ path }, socket) => {
    socket.end(answers[path] ?? recorded('leader.nosuch'));
  });
  const client = masterClient(PLAIN_CLIENT, new SimulatedClock(), directoryOf());
  open.push(master, client);
  return { master, client };
}

const signal = new AbortController().signal;

describe('asked who leads, a real master', () => {
  test.each([
    {
      why: 'that leads',
      answers: { '/api/v1': recorded('leader.v1_GET_MASTER') },
      said: {
        kind: 'leads',
        self: {
          address: { host: '127.0.0.1', port: 15052 },
          advertised: { host: '127.0.0.1', port: 15052 },
          id: '2c7783cf-9fc8-4179-bbf9-fa2296811754',
        },
        electedSeconds: 1795338310.483941,
      },
    },
    {
      why: 'that follows',
      answers: { '/api/v1': recorded('follower.v1_GET_STATE') },
      said: { kind: 'points', to: { host: '127.0.0.1', port: 15052 } },
    },
    { why: 'without a leader', answers: { '/api/v1': NO_LEADER }, said: { kind: 'nobody' } },
    {
      why: 'that wants credentials tells by its redirect, which is open',
      answers: {
        '/api/v1': recorded('auth.noauth.subscribe'),
        '/master/redirect': recorded('auth.noauth.redirect'),
      },
      said: { kind: 'points', to: { host: '127.0.0.1', port: 15059 } },
    },
    {
      why: 'whose API does not know the question',
      answers: {
        '/api/v1': recorded('leader.v1_bad_type'),
        '/master/redirect': recorded('leader.master_redirect'),
      },
      said: { kind: 'points', to: { host: '127.0.0.1', port: 15052 } },
    },
    { why: 'that has neither', answers: {}, said: { kind: 'mute' } },
  ])('$why', async ({ answers, said }) => {
    const { master, client } = await startMaster(answers);
    expect(await askMaster(client, master, signal)).toEqual(said);
  });
});

describe('asked for its state, a real master', () => {
  const load = async (answers: Readonly<Record<string, Buffer>>) => {
    const { master, client } = await startMaster(answers);
    const reader = new StateReader();
    const found = { tasks: 0, leader: 0 };
    const openBody = () => {
      const body = reader.begin();
      return {
        write: (octets: Uint8Array) => body.write(octets),
        finish: () => {
          const { tasks, leader } = body.finish();
          Object.assign(found, { tasks: tasks.size, leader: leader.address.port });
        },
      };
    };
    const loader = stateLoader(client, 300_000);
    const fault = await loader
      .load(master, openBody, { patience: 1, signal })
      .then(() => undefined, faultOf);
    return fault ?? found;
  };

  test.each(['/master/state', '/state', '/state.json'])('gives it at %s', async path => {
    const state = await load({ [path]: recorded('leader.state') });
    expect(state).toEqual({ tasks: 22, leader: 15052 });
  });

  test.each([
    { why: 'wants credentials', answer: recorded('auth.noauth.state'), fault: 'auth' },
    { why: 'does not know ours', answer: recorded('auth.bad.state'), fault: 'auth' },
    { why: 'knows no leader', answer: NO_LEADER, fault: 'no-leader' },
    { why: 'has nothing of the kind', answer: recorded('leader.nosuch'), fault: 'status' },
    { why: 'redirects to one that is gone', answer: recorded('follower.state'), fault: 'connect' },
  ])('$why', async ({ answer, fault }) => {
    expect(await load({ '/master/state': answer })).toBe(fault);
  });
});
