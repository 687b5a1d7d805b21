import { afterEach, describe, expect, test } from 'vitest';
import type { FollowerOptions } from '../../src/mesos/follow-cluster.ts';
import { respond } from '../fakes/fake-master.ts';
import { type FakeMasters, pidOf, redirect } from '../fakes/fake-masters.ts';
import {
  chunk,
  type FakeStreams,
  HEARTBEAT,
  record,
  snapshotOf,
  stillRecovering,
  streamingLeader,
  taskAdded,
} from '../fakes/fake-stream.ts';
import { turnUntil } from '../fakes/turn-until.ts';
import { stateOf } from './fixtures.ts';
import { type Followed, startFollowing } from './followed.ts';

const open: Followed[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Follows a leader with an event stream; `prepare` and `change` set the stage before the first request. */
async function follow(
  prepare: (streams: FakeStreams) => void = () => {},
  options: Partial<FollowerOptions> = {},
  change: (cluster: FakeMasters) => void = () => {},
): Promise<Followed & { readonly streams: FakeStreams; readonly isStreaming: () => boolean }> {
  let streams: FakeStreams | undefined;
  const followed = await startFollowing({ source: 'stream', ...options }, cluster => {
    const leader = streamingLeader(cluster, 0, 1_000);
    cluster.roles[0] = leader.role;
    streams = leader.streams;
    prepare(leader.streams);
    change(cluster);
  });
  open.push(followed);
  const isStreaming = () => {
    const { source, isLive } = followed.follower.status();
    return source === 'stream' && isLive;
  };
  return { ...followed, streams: streams!, isStreaming }; // Set by `prepare` above.
}

test('a snapshot, then events: they are there without a load', async () => {
  const { clock, cluster, streams, tasks, isStreaming } = await follow();
  await turnUntil(clock, isStreaming);
  expect(tasks()).toEqual(['web']);
  const asked = cluster.masters[0].requests.length;
  streams.send(taskAdded('db'));
  expect(await turnUntil(clock, () => tasks().length === 2)).toBe(0);
  expect(cluster.masters[0].requests).toHaveLength(asked);
});

test('records and chunks may be cut anywhere', async () => {
  const { clock, streams, tasks, isStreaming } = await follow();
  await turnUntil(clock, isStreaming);
  const [socket] = streams.open;
  const octets = Buffer.concat([record(taskAdded('ä')), record(taskAdded('db'))]);
  for (const octet of octets) {
    for (const one of chunk(Buffer.of(octet))) socket.write(Buffer.of(one));
  }
  await turnUntil(clock, () => tasks().length === 3);
  expect(tasks()).toEqual(['web', 'ä', 'db']);
});

describe('a stream is ended and opened again', () => {
  test('when two heartbeats are missing', async () => {
    const { clock, follower, streams, isStreaming } = await follow();
    await turnUntil(clock, isStreaming);
    for (let beat = 0; beat < 4; beat++) {
      await clock.advance(15_000);
      streams.send(HEARTBEAT);
      await turnUntil(clock, () => (follower.status().ageMs ?? 1) < 1_000);
    }
    expect(streams.count).toBe(1);
    const silence = await turnUntil(clock, () => !isStreaming(), 60_000, 500);
    expect(silence).toBeGreaterThan(29_000);
    expect(silence).toBeLessThanOrEqual(31_000);
    expect(follower.status()).toMatchObject({ fault: 'heartbeat', failures: { heartbeat: 1 } });
    expect(await turnUntil(clock, isStreaming)).toBeLessThanOrEqual(1_000);
    expect([streams.count, streams.open.size]).toEqual([2, 1]);
  });

  test('when it is closed; what was known stays', async () => {
    const { clock, streams, tasks, isStreaming } = await follow();
    await turnUntil(clock, isStreaming);
    for (const socket of streams.open) socket.end('0\r\n\r\n');
    await turnUntil(clock, () => !isStreaming());
    expect(tasks()).toEqual(['web']);
    expect(await turnUntil(clock, isStreaming)).toBeLessThanOrEqual(1_000);
  });

  test.each([
    {
      why: 'inside a record',
      octets: chunk(Buffer.from('999\n{"type"')),
      end: '0\r\n\r\n',
      fault: 'truncated',
    },
    { why: 'without its last chunk', octets: Buffer.from('ff\r\nabc'), end: '', fault: 'record' },
    {
      why: 'by octets that are no RecordIO',
      octets: chunk(Buffer.from('hello')),
      end: '',
      fault: 'record',
    },
  ])('when it breaks $why', async ({ octets, end, fault }) => {
    const { clock, follower, streams, tasks, isStreaming } = await follow();
    await turnUntil(clock, isStreaming);
    for (const socket of streams.open) socket.end(Buffer.concat([octets, Buffer.from(end)]));
    await turnUntil(clock, () => !isStreaming());
    expect(follower.status().fault).toBe(fault);
    expect(tasks()).toEqual(['web']);
    await turnUntil(clock, isStreaming);
  });
});

test('a stream without heartbeats, before Mesos 1.5, may be silent', async () => {
  const { clock, streams, isStreaming } = await follow(one => {
    one.snapshot = () => snapshotOf(['web'], 0);
  });
  await turnUntil(clock, isStreaming);
  await clock.advance(50_000);
  expect(isStreaming()).toBe(true);
  expect(streams.count).toBe(1);
});

test('Mesos 1.0 has the stream, but cannot say who leads: it redirects to itself', async () => {
  const { clock, tasks, isStreaming } = await follow(
    () => {},
    {},
    ({ roles, masters: [leader] }) => {
      const streaming = roles[0];
      roles[0] = (request, socket) => {
        if (request.body.includes('GET_MASTER')) respond(socket, 400);
        else if (request.path === '/master/redirect') redirect(request, socket, leader);
        else if (typeof streaming === 'function') streaming(request, socket);
      };
    },
  );
  await turnUntil(clock, isStreaming);
  expect(tasks()).toEqual(['web']);
});

test('a leader that still reads its registry is asked again until it has', async () => {
  const { clock, follower, streams, isStreaming } = await follow(one => {
    one.refusal = stillRecovering;
  });
  await turnUntil(clock, () => streams.count >= 3);
  expect(follower.status().failures.recovering).toBeGreaterThanOrEqual(2);
  streams.refusal = undefined;
  await turnUntil(clock, isStreaming);
});

describe('polling takes over', () => {
  test.each([
    400, 401, 403, 404, 405, 501,
  ])('where SUBSCRIBE answers %i, for some minutes', async status => {
    const { clock, cluster, follower, streams, tasks, isStreaming } = await follow(one => {
      one.refusal = socket => respond(socket, status);
    });
    await turnUntil(clock, () => streams.count === 1);
    cluster.state = stateOf(pidOf(cluster.masters[0]), ['web', 'db']);
    follower.refresh();
    await turnUntil(clock, () => tasks().length === 2);
    expect(follower.status()).toMatchObject({ source: 'poll', isLive: true });
    streams.refusal = undefined;
    const waited = await turnUntil(clock, isStreaming, 900_000, 5_000);
    expect(waited).toBeGreaterThan(400_000);
    expect(streams.count).toBe(2);
  });

  test('after three ends within a minute, and a new leader is a new chance', async () => {
    const { clock, cluster, follower, streams, isStreaming } = await follow();
    for (let ends = 0; ends < 3; ends++) {
      await turnUntil(clock, () => streams.open.size === 1 && isStreaming());
      for (const socket of streams.open) socket.end('0\r\n\r\n');
      await turnUntil(clock, () => !isStreaming());
    }
    await turnUntil(clock, () => follower.status().isLive);
    expect(follower.status().source).toBe('poll');
    await clock.advance(60_000);
    expect(streams.count).toBe(3);
    const next = streamingLeader(cluster, 1, 2_000);
    cluster.elect(1, 2_000);
    cluster.roles[1] = next.role;
    await turnUntil(clock, isStreaming);
    expect(next.streams.count).toBe(1);
  });

  test('where the config says so', async () => {
    const { clock, follower, streams } = await follow(() => {}, { source: 'poll' });
    await turnUntil(clock, () => follower.status().isLive);
    await clock.advance(100_000);
    expect(streams.count).toBe(0);
  });
});

test('a new leader is subscribed to, and the stream of the old one is left', async () => {
  const { clock, cluster, follower, streams, tasks, isStreaming } = await follow();
  await turnUntil(clock, isStreaming);
  const next = streamingLeader(cluster, 2, 2_000);
  next.streams.snapshot = () => snapshotOf(['web', 'db']);
  cluster.roles[0] = 'hangs';
  cluster.elect(2, 2_000);
  cluster.roles[2] = next.role;
  expect(await turnUntil(clock, () => tasks().length === 2)).toBeLessThanOrEqual(5_000);
  await turnUntil(clock, () => streams.open.size === 0);
  expect(follower.status().leader?.port).toBe(cluster.masters[2].port);
});

describe('the whole state is read again while the stream stands', () => {
  test('every refreshSeconds, since the stream leaves things out', async () => {
    const { clock, cluster, follower, streams, tasks, isStreaming } = await follow();
    await turnUntil(clock, isStreaming);
    cluster.state = stateOf(pidOf(cluster.masters[0]), ['web', 'mail']);
    const start = clock.monotonic();
    while (clock.monotonic() - start < 50_000) {
      await clock.advance(5_000);
      streams.send(HEARTBEAT);
      await turnUntil(clock, () => (follower.status().ageMs ?? 5_000) < 5_000);
    }
    expect(tasks()).toEqual(['web']);
    await turnUntil(clock, () => tasks().includes('mail'));
    const waited = clock.monotonic() - start;
    expect(waited).toBeGreaterThan(55_000);
    expect(streams.count).toBe(1);
  });

  test('soon, when an event tells of a framework nobody knows', async () => {
    const { clock, cluster, streams, tasks, isStreaming } = await follow();
    await turnUntil(clock, isStreaming);
    cluster.state = stateOf(pidOf(cluster.masters[0]), ['web', 'mail']);
    const framework = { framework_info: { id: { value: 'G' }, name: 'chronos', hostname: '' } };
    streams.send({ type: 'FRAMEWORK_ADDED', framework_added: { framework } });
    const waited = await turnUntil(clock, () => tasks().includes('mail'));
    expect(waited).toBeLessThanOrEqual(1_500);
  });

  test('and what fails then takes nothing from the stream', async () => {
    const { clock, cluster, follower, streams, isStreaming } = await follow();
    await turnUntil(clock, isStreaming);
    cluster.state = '{"broken';
    follower.refresh();
    await turnUntil(clock, () => follower.status().failures.truncated === 1);
    expect(isStreaming()).toBe(true);
    expect(streams.count).toBe(1);
  });
});
