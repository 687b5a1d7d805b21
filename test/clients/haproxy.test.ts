import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { RunningTask } from '../../src/simulator/index.ts';
import { testWith } from '../fakes/real-programs.ts';
import { untilTrue } from '../fakes/until-true.ts';
import { type HaproxyProcess, startHaproxy } from './haproxy-process.ts';
import { type ServedCluster, serveCluster } from './served-cluster.ts';
import { type SteadyLoad, startLoad } from './steady-load.ts';

/** Many instances share the address of an agent, as with Marathon's bridge networking. */
const APACHE = {
  id: 'apache2',
  instances: 2,
  cpus: 0.1,
  mem: 32,
  networks: [{ mode: 'container/bridge' }],
  container: { portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }] },
};
const INSTANCES = 30;

const total = ({ outcomes }: SteadyLoad) => [...outcomes.values()].reduce((sum, n) => sum + n, 0);

const haproxyTest = testWith('haproxy');

describe('HAProxy with servers from our SRV records', () => {
  let served: ServedCluster;
  let haproxy: HaproxyProcess;
  beforeAll(async () => {
    served = await serveCluster(5, { udpPayloadMax: 8192 });
    await served.cluster.launch(APACHE);
    haproxy = await startHaproxy(served);
  });
  afterAll(() => served.close());

  const place = ({ agentAddress, hostPorts }: RunningTask) => `${agentAddress}:${hostPorts[0]}`;
  const living = () => served.cluster.running.map(place).sort();
  const untilFollowed = (what: string) =>
    untilTrue(`HAProxy's servers are the living instances ${what}`, async () => {
      const up = (await haproxy.servers()).filter(({ isUp }) => isUp);
      // A new instance may have the port of one that ended, whose slot is not free yet.
      const places = new Set(up.map(server => server.place));
      return String([...places].sort()) === String(living());
    });

  /** Does something while requests go on; not one may fail. */
  const underLoad = async (what: string, happen: () => Promise<void>) => {
    const load = startLoad(haproxy.url);
    try {
      await happen();
      await untilFollowed(what);
      const before = total(load);
      await untilTrue(`requests are answered ${what}`, () => total(load) >= before + 100);
    } finally {
      await load.stop();
    }
    expect([...load.outcomes.keys()], JSON.stringify([...load.outcomes])).toEqual(['200']);
  };

  haproxyTest('takes new instances in: 30 of them, on 5 agents', () =>
    underLoad('when scaled up', () => served.cluster.scale('/apache2', INSTANCES)),
  );

  haproxyTest('follows instances that die and start elsewhere', () =>
    underLoad('when moved', async () => {
      for (const { id } of served.cluster.running.slice(0, 10)) {
        await served.cluster.killTask(id);
      }
    }),
  );

  haproxyTest('outlives an agent that dies with all its instances', () =>
    underLoad('when an agent died', () => served.cluster.loseAgent(served.cluster.agentIds[1])),
  );

  haproxyTest('serves on while our server is away, and follows it when it is back', () =>
    underLoad('after a restart', async () => {
      await served.stop();
      await served.cluster.killTask(served.cluster.running[0].id);
      await served.start();
    }),
  );

  haproxyTest('serves on while the masters are gone', async () => {
    const { masters } = served.cluster;
    await underLoad('without masters', async () => {
      await masters.loseZooKeeper();
      await Promise.all(masters.list.map(master => master.kill()));
    });
  });

  haproxyTest('serves on when our server starts without masters', () =>
    underLoad('without masters and state', async () => {
      await served.stop();
      await served.start(/"msg":"answering"/);
    }),
  );

  haproxyTest('lets instances go that are gone', async () => {
    await underLoad('when scaled down', async () => {
      const { masters } = served.cluster;
      for (const index of masters.list.keys()) await masters.restart(index);
      masters.returnZooKeeper();
      await served.cluster.until(({ isSettled }) => isSettled);
      await served.cluster.scale('/apache2', 1);
    });
    await untilTrue('one slot is taken', async () => (await haproxy.servers()).length === 1);
  });
});

describe('HAProxy and more instances than one UDP response holds', () => {
  let served: ServedCluster;
  beforeAll(async () => {
    served = await serveCluster(5);
    await served.cluster.launch({ ...APACHE, instances: 50 });
  });
  afterAll(() => served.close());

  haproxyTest('finds them all: each response holds others', async () => {
    const haproxy = await startHaproxy(served);
    await untilTrue('50 servers', async () => (await haproxy.servers()).length === 50);
  });
});
