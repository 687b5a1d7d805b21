import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cryptoRandom, systemClock } from '../../src/runtime/index.ts';
import {
  type Children,
  type FollowChildrenOptions,
  followChildren,
  type Server,
  type ZooKeeperFault,
} from '../../src/zookeeper/index.ts';
import { testWith } from '../fakes/real-programs.ts';
import {
  startZooKeeper,
  ZOOKEEPER_PROGRAMS,
  type ZooKeeperServers,
} from '../fakes/zookeeper-servers.ts';
import { type ZooKeeperWriter, zooKeeperWriter } from '../fakes/zookeeper-writer.ts';

const testWithZooKeeper = testWith(...ZOOKEEPER_PROGRAMS);

let ensemble: ZooKeeperServers | undefined;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  if (testWithZooKeeper === test) ensemble = await startZooKeeper(3);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => ensemble?.close());

/** A follower whose news are kept. */
function startFollower(servers: readonly Server[], options: Partial<FollowChildrenOptions> = {}) {
  const news: (readonly string[])[] = [];
  const away: ZooKeeperFault[] = [];
  const show = ([name, octets]: readonly [string, Uint8Array]) =>
    `${name}=${Buffer.from(octets).toString()}`;
  const listener = {
    onChildren: (children: Children) => void news.push([...children].map(show).toSorted()),
    onAway: (fault: ZooKeeperFault) => void away.push(fault),
  };
  const isWanted = (name: string) => !name.startsWith('log');
  const follower = followChildren(
    { servers, path: '/mesos', isWanted, sessionMs: 2_000, ...options },
    { clock: systemClock(), random: cryptoRandom(), resolve: async host => [host] },
    listener,
  );
  open.push(follower);
  return { news, away };
}

const soon = { timeout: 20_000, interval: 20 };
const places = () => ensemble?.places ?? [];

describe('with three real servers', () => {
  testWithZooKeeper('a path created later, children that come, change and go', async () => {
    const { news } = startFollower(places(), { path: '/later' });
    await expect.poll(() => news.at(-1), soon).toEqual([]);
    const writer = await zooKeeperWriter(places()[0]);
    await writer.create('/later', '');
    await writer.create('/later/log_replicas', 'x');
    await writer.create('/later/a', '1', { isEphemeral: true });
    await expect.poll(() => news.at(-1), soon).toEqual(['a=1']);
    const other = await zooKeeperWriter(places()[1], 1_000);
    await other.create('/later/b', '2', { isEphemeral: true });
    await expect.poll(() => news.at(-1), soon).toEqual(['a=1', 'b=2']);
    await writer.remove('/later/a');
    await expect.poll(() => news.at(-1), soon).toEqual(['b=2']);
    other.vanish();
    await expect.poll(() => news.at(-1), soon).toEqual([]);
    await writer.remove('/later/log_replicas');
    await writer.remove('/later');
    await writer.create('/later', '');
    await writer.create('/later/c', '3');
    await expect.poll(() => news.at(-1), soon).toEqual(['c=3']);
    writer.vanish();
  });

  testWithZooKeeper('a node that only its owner may read needs the credentials', async () => {
    const writer = await zooKeeperWriter(places()[0]);
    const digest = createHash('sha1').update('me:secret').digest('base64');
    await writer.create('/guarded', '', { guard: `me:${digest}` });
    const stranger = startFollower(places(), { path: '/guarded' });
    await expect.poll(() => stranger.away, soon).toEqual(['auth']);
    const owner = startFollower(places(), { path: '/guarded', credentials: 'me:secret' });
    await expect.poll(() => owner.news, soon).toEqual([[]]);
    expect(owner.away).toEqual([]);
    writer.vanish();
  });

  testWithZooKeeper('dead and hanging servers are told once; all is read anew after', async () => {
    const servers = ensemble!; // Present where this test runs.
    const writer = await zooKeeperWriter(places()[0]);
    await writer.create('/mesos', '');
    writer.vanish();
    const followers = [0, 1, 2].map(() => startFollower(places()));
    for (const { news } of followers) await expect.poll(() => news.at(-1), soon).toEqual([]);
    await servers.kill(2);
    servers.pause(1); // Of three, one is left: nobody can be served.
    for (const { away } of followers) await expect.poll(() => away.length, soon).toBe(1);
    servers.resume(1);
    await servers.start(2);
    const again = await untilWritable(places()[2]);
    await again.create('/mesos/after', '1');
    for (const { news } of followers) {
      await expect.poll(() => news.at(-1), soon).toEqual(['after=1']);
    }
    again.vanish();
  });

  testWithZooKeeper('one dead member is harmless', async () => {
    const servers = ensemble!; // Present where this test runs.
    await servers.kill(0);
    const { news, away } = startFollower(places(), { path: '/nowhere' });
    await expect.poll(() => news, soon).toEqual([[]]);
    expect(away).toEqual([]);
  });
});

async function untilWritable(place: Server): Promise<ZooKeeperWriter> {
  for (;;) {
    const writer = await zooKeeperWriter(place).catch(() => undefined);
    if (writer) return writer;
  }
}

test('closed while names are still resolved, it connects to nobody', async () => {
  let connections = 0;
  const server = createServer(() => void connections++).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const resolving = Promise.withResolvers<readonly string[]>();
  const follower = followChildren(
    { servers: [{ host: 'zk.test', port }], path: '/mesos', isWanted: () => true, sessionMs: 2000 },
    { clock: systemClock(), random: cryptoRandom(), resolve: () => resolving.promise },
    { onChildren: () => {}, onAway: () => {} },
  );
  const closed = follower.close();
  resolving.resolve(['127.0.0.1']);
  await closed;
  expect(connections).toBe(0);
  server.close();
});
