import { afterEach, describe, expect, test } from 'vitest';
import { type AskingWorld, askingDetector } from '../../src/mesos/ask-detector.ts';
import { type HostLookup, HostNames } from '../../src/mesos/host-names.ts';
import type { LeaderReport } from '../../src/mesos/leader-detector.ts';
import { masterClient } from '../../src/mesos/master-client.ts';
import { masterDirectory } from '../../src/mesos/master-directory.ts';
import { zooKeeperDetector } from '../../src/mesos/zookeeper-detector.ts';
import { quietLog, seededRandom } from '../../src/runtime/index.ts';
import { respond } from '../fakes/fake-master.ts';
import { type FakeMasters, fakeMasters, redirect } from '../fakes/fake-masters.ts';
import { type FakeRegistry, fakeRegistry, masterInfo } from '../fakes/fake-registry.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { turnUntil } from '../fakes/turn-until.ts';
import { PLAIN_CLIENT } from './fixtures.ts';
import { type DetectorStage, leaderDetectorSuite } from './leader-detector-suite.ts';

interface World extends AskingWorld {
  readonly clock: SimulatedClock;
  close(): Promise<void>;
}

function hostNames(clock: SimulatedClock, lookup: HostLookup = async () => []): HostNames {
  return new HostNames({ lookup, clock, configured: [], onChange: () => {} });
}

function makeWorld(): World {
  const clock = new SimulatedClock();
  const names = hostNames(clock);
  const client = masterClient(
    PLAIN_CLIENT,
    clock,
    masterDirectory(names, [], () => []),
  );
  const close = async () => {
    names.close();
    await client.close();
  };
  return { clock, names, client, random: seededRandom(3), log: quietLog(), close };
}

const placesOf = ({ masters }: FakeMasters) => masters.map(({ host, port }) => ({ host, port }));
const cutOff = (cluster: FakeMasters) => {
  const before = [...cluster.roles];
  cluster.roles.fill((_, socket) => socket.destroy());
  return () => before;
};

async function askingStage(): Promise<DetectorStage> {
  const cluster = await fakeMasters(3, () => '{}');
  const world = makeWorld();
  let elected = 1_000;
  let uncut: (() => void) | undefined;
  let leader = 0;
  return {
    clock: world.clock,
    make: askingDetector(placesOf(cluster), world),
    ports: cluster.masters.map(({ port }) => port),
    elect: index => {
      leader = index;
      if (!uncut) cluster.elect(index, ++elected);
    },
    depose: () => void cluster.roles.fill('leaderless'),
    cut: () => {
      uncut = cutOff(cluster);
    },
    mend: () => {
      uncut = undefined;
      cluster.elect(leader, ++elected);
    },
    close: async () => {
      await world.close();
      await cluster.close();
    },
  };
}

/** Masters with the numbers 1 to 3; one that loses leadership comes back with a higher number. */
function register(
  registry: FakeRegistry,
  ports: readonly number[],
  order: readonly number[],
): void {
  const nodes = order.map((index, at) => {
    const name = `json.info_${String(at + 1).padStart(10, '0')}`;
    return [name, masterInfo('127.0.0.1', ports[index])] as const;
  });
  registry.set(new Map([['log_replicas', ''], ...nodes.toReversed()]));
}

async function zooKeeperStage(): Promise<DetectorStage> {
  const registry = await fakeRegistry();
  const world = makeWorld();
  const ports = [7001, 7002, 7003];
  register(registry, ports, [0, 1, 2]);
  const servers = [{ host: '127.0.0.1', port: registry.server.port }];
  return {
    clock: world.clock,
    make: zooKeeperDetector({ servers, path: '/mesos' }, [], world),
    ports,
    elect: index => register(registry, ports, [index, ...[0, 1, 2].filter(at => at !== index)]),
    depose: () => registry.set(new Map()),
    cut: () => registry.leave(),
    mend: () => registry.comeBack(),
    close: async () => {
      await world.close();
      await registry.server.close();
    },
  };
}

leaderDetectorSuite('asking the masters', askingStage);
leaderDetectorSuite('ZooKeeper', zooKeeperStage);

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

describe('asking the masters', () => {
  const start = async (names: (name: string) => readonly string[] = () => []) => {
    const cluster = await fakeMasters(3, () => '{}');
    const world = makeWorld();
    const reports: LeaderReport[] = [];
    const known = hostNames(world.clock, async name => names(name));
    const make = askingDetector(placesOf(cluster), { ...world, names: known });
    open.push(cluster, world, { close: async () => known.close() });
    const begin = () => open.push(make(report => reports.push(report)));
    return {
      cluster,
      reports,
      clock: world.clock,
      begin,
      leader: () => reports.at(-1)?.leader?.port,
    };
  };

  test('a leader that hangs delays a new one by no more than a moment', async () => {
    const { cluster, clock, begin, leader } = await start();
    begin();
    await turnUntil(clock, () => leader() === cluster.masters[0].port);
    cluster.roles[0] = 'hangs';
    cluster.elect(1, 2_000);
    expect(await turnUntil(clock, () => leader() === cluster.masters[1].port)).toBeLessThan(5_000);
  });

  test('a leader known by a name that only we can resolve is asked at its address', async () => {
    const { cluster, clock, begin, leader } = await start();
    const { port } = cluster.masters[0];
    for (const index of [1, 2]) {
      cluster.roles[index] = (request, socket) =>
        redirect(request, socket, { host: 'leader.mesos', port });
    }
    begin();
    await turnUntil(clock, () => leader() === port);
  });

  test('redirects to a name count for the master at its address, when the leader is silent', async () => {
    const { cluster, clock, begin, reports } = await start(name =>
      name === 'm0.example' ? ['127.0.0.1'] : [],
    );
    const { port } = cluster.masters[0];
    for (const index of [1, 2]) {
      cluster.roles[index] = (request, socket) =>
        redirect(request, socket, { host: 'm0.example', port });
    }
    cluster.roles[0] = 'hangs';
    begin();
    await turnUntil(clock, () => reports.length > 0);
    expect(reports[0].leader).toEqual({ host: '127.0.0.1', port });
  });

  test('masters without the v1 API are asked for their redirects', async () => {
    const { cluster, clock, begin, leader } = await start();
    const target = cluster.masters[2];
    cluster.roles.fill((request, socket) => {
      if (request.path === '/master/redirect') redirect(request, socket, target);
      else respond(socket, 404);
    });
    begin();
    await turnUntil(clock, () => leader() === target.port);
  });
});

describe('ZooKeeper', () => {
  test('away from the start: the configured masters are asked, until it is back', async () => {
    const registry = await fakeRegistry();
    const cluster = await fakeMasters(3, () => '{}');
    const world = makeWorld();
    open.push({ close: () => registry.server.close() }, cluster, world);
    registry.leave();
    const reports: LeaderReport[] = [];
    const servers = [{ host: '127.0.0.1', port: registry.server.port }];
    const make = zooKeeperDetector({ servers, path: '/mesos' }, placesOf(cluster), world);
    open.push(make(report => reports.push(report)));
    const leader = () => reports.at(-1)?.leader?.port;
    await turnUntil(world.clock, () => leader() === cluster.masters[0].port);
    register(registry, [7001, 7002, 7003], [1, 0, 2]);
    registry.comeBack();
    await turnUntil(world.clock, () => leader() === 7002);
    const asked = () => cluster.masters[0].requests.length;
    await world.clock.advance(1_000);
    const before = asked();
    await world.clock.advance(20_000);
    expect(asked()).toBe(before);
  });

  test('gone later: the masters it named last are asked, in its order', async () => {
    const registry = await fakeRegistry();
    const cluster = await fakeMasters(3, () => '{}');
    const world = makeWorld();
    open.push({ close: () => registry.server.close() }, cluster, world);
    const ports = cluster.masters.map(({ port }) => port);
    register(registry, ports, [0, 1, 2]);
    const reports: LeaderReport[] = [];
    const servers = [{ host: '127.0.0.1', port: registry.server.port }];
    open.push(zooKeeperDetector({ servers, path: '/mesos' }, [], world)(one => reports.push(one)));
    await turnUntil(world.clock, () => reports.length === 1);
    registry.leave();
    cluster.elect(2, 2_000);
    await turnUntil(world.clock, () => reports.at(-1)?.leader?.port === ports[2]);
    expect(reports.at(-1)?.masters.map(({ port }) => port)).toEqual(ports);
    expect(reports.every(({ leader }) => leader !== undefined)).toBe(true);
  });
});
