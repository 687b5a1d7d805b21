import { afterEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { type Children, followChildren, type ZooKeeperFault } from '../../src/zookeeper/index.ts';
import { OPCODE } from '../../src/zookeeper/protocol.ts';
import {
  type FakeZooKeeper,
  type FakeZooKeeperAnswer,
  fakeZooKeeper,
  grant,
  reply,
} from '../fakes/fake-zookeeper.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { turnUntil } from '../fakes/turn-until.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const SESSION_MS = 9_000;

/** A server with one child, `a`, that holds `1`. */
const good: FakeZooKeeperAnswer = (ask, socket) => {
  if (ask.kind === 'connect') grant(socket, ask.sessionId || 77n, SESSION_MS);
  else if (ask.opcode === OPCODE.getChildren)
    reply(socket, ask.xid, frame => frame.int(1).text('a'));
  else if (ask.opcode === OPCODE.getData) reply(socket, ask.xid, frame => frame.text('1'));
  else if (ask.opcode === OPCODE.ping) reply(socket, ask.xid, frame => frame);
  else if (ask.opcode === OPCODE.close) socket.end();
};

async function startServer(answer: FakeZooKeeperAnswer): Promise<FakeZooKeeper> {
  const server = await fakeZooKeeper(answer);
  open.push(server);
  return server;
}

function startFollower(servers: readonly FakeZooKeeper[], seed = 1, path = '/mesos') {
  const clock = new SimulatedClock();
  const news: Children[] = [];
  const away: ZooKeeperFault[] = [];
  const follower = followChildren(
    {
      servers: servers.map(({ host, port }) => ({ host, port })),
      path,
      isWanted: () => true,
      sessionMs: SESSION_MS,
    },
    { clock, random: seededRandom(seed), resolve: async host => [host] },
    { onChildren: children => news.push(children), onAway: fault => away.push(fault) },
  );
  open.push(follower);
  return { clock, news, away };
}

describe('a server that is no good is left for the next', () => {
  const frameOf = (length: number) => {
    const octets = Buffer.alloc(4);
    octets.writeInt32BE(length);
    return octets;
  };
  test.each<{ why: string; answer: FakeZooKeeperAnswer; fault: ZooKeeperFault }>([
    { why: 'it accepts and says nothing', answer: () => {}, fault: 'timeout' },
    { why: 'it closes at once', answer: (_, socket) => socket.destroy(), fault: 'connect' },
    {
      why: 'it speaks HTTP',
      answer: (_, socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      fault: 'garbage',
    },
    {
      why: 'its frame would fill the memory',
      answer: (_, socket) => socket.write(frameOf(5_000_000)),
      fault: 'garbage',
    },
    {
      why: 'its frame has a negative length',
      answer: (_, socket) => socket.write(frameOf(-1)),
      fault: 'garbage',
    },
    {
      why: 'its session is cut short',
      answer: (_, socket) => socket.write(Buffer.concat([frameOf(3), Buffer.alloc(3)])),
      fault: 'garbage',
    },
    {
      why: 'its children are cut short',
      answer: (ask, socket) => {
        if (ask.kind === 'connect') grant(socket, 1n, SESSION_MS);
        else reply(socket, ask.xid, frame => frame.int(1_000_000));
      },
      fault: 'garbage',
    },
    {
      why: 'it refuses to read',
      answer: (ask, socket) => {
        if (ask.kind === 'connect') grant(socket, 1n, SESSION_MS);
        else if (ask.opcode === OPCODE.close) socket.end();
        else reply(socket, ask.xid, frame => frame, { code: -4 });
      },
      fault: 'refused',
    },
  ])('$why', async ({ answer, fault }) => {
    const bad = await startServer(answer);
    const alone = startFollower([bad]);
    await turnUntil(alone.clock, () => alone.away.length > 0);
    expect(alone.away).toEqual([fault]);
    // Whatever the order in which they are tried.
    for (const seed of [1, 2, 3, 4]) {
      const { clock, news, away } = startFollower([bad, await startServer(good)], seed);
      const waited = await turnUntil(clock, () => news.length > 0);
      expect(waited).toBeLessThanOrEqual(2_500);
      expect(away).toEqual([]);
    }
  });
});

test('a server that falls silent is left after two thirds of the session', async () => {
  const server = await startServer(good);
  const { clock, news, away } = startFollower([server]);
  await turnUntil(clock, () => news.length === 1);
  await turnUntil(clock, () =>
    server.asked.some(ask => ask.kind === 'request' && ask.opcode === OPCODE.ping),
  );
  server.answer = () => {};
  const waited = await turnUntil(clock, () => away.length === 1);
  expect(waited).toBeLessThanOrEqual(SESSION_MS + 2_500);
  expect(away).toEqual(['timeout']);
});

test('a lost connection goes on with its session, at no server that is behind', async () => {
  const server = await startServer(good);
  const { clock, news } = startFollower([server]);
  await turnUntil(clock, () => news.length === 1);
  server.answer = (_, socket) => socket.destroy();
  await clock.advance(SESSION_MS / 3);
  server.answer = good;
  await turnUntil(clock, () => news.length === 2);
  const connects = server.asked.filter(ask => ask.kind === 'connect');
  expect(connects[0]).toEqual({ kind: 'connect', lastZxid: 0n, sessionId: 0n });
  expect(connects.at(-1)).toEqual({ kind: 'connect', lastZxid: 1n, sessionId: 77n });
});

test('a session that is over is followed by a new one, and nobody is told', async () => {
  const server = await startServer(good);
  const { clock, news, away } = startFollower([server]);
  await turnUntil(clock, () => news.length === 1);
  server.answer = (ask, socket) => {
    if (ask.kind === 'connect' && ask.sessionId === 77n) grant(socket, 0n, 0);
    else if (ask.kind === 'connect') grant(socket, 88n, SESSION_MS);
    else if (ask.opcode === OPCODE.ping) socket.destroy();
    else good(ask, socket);
  };
  await turnUntil(clock, () => news.length === 2);
  expect(away).toEqual([]);
  expect(server.asked.filter(ask => ask.kind === 'connect').at(-1)).toMatchObject({
    sessionId: 0n,
  });
});

test('after a long absence it begins anew: the servers may have been set up again', async () => {
  const server = await startServer(good);
  const { clock, news, away } = startFollower([server]);
  await turnUntil(clock, () => news.length === 1);
  server.answer = (_, socket) => socket.destroy();
  await turnUntil(clock, () => away.length === 1);
  await turnUntil(
    clock,
    () => {
      const last = server.asked.at(-1);
      return last?.kind === 'connect' && last.lastZxid === 0n;
    },
    60_000,
    500,
  );
});

test('closing waits for nobody, neither before the session nor in it', async () => {
  for (const answer of [() => {}, good]) {
    const server = await startServer(answer);
    const { clock } = startFollower([server]);
    await turnUntil(clock, () => server.asked.length > 0);
    const before = clock.monotonic();
    await open.pop()?.close();
    expect(clock.monotonic()).toBe(before);
  }
});

test('children of the root are read at their own path', async () => {
  const server = await startServer(good);
  const { clock, news } = startFollower([server], 1, '/');
  await turnUntil(clock, () => news.length > 0);
  const paths = server.asked.flatMap(ask => (ask.kind === 'request' && ask.path ? [ask.path] : []));
  expect(paths).toEqual(['/', '/a']);
});
