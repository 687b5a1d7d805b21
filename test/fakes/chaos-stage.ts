import { type Config, loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom } from '../../src/runtime/index.ts';
import {
  type Election,
  type MarathonAppJson,
  REAL_TIMINGS,
  runChaos,
  type SimulatedCluster,
  startCluster,
} from '../../src/simulator/index.ts';
import { type FakeRegistry, fakeRegistry, masterInfo } from './fake-registry.ts';
import { MemoryNetwork, useNetwork } from './memory-network.ts';
import { OwedTasks } from './owed-tasks.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { SimulatedProduct, textOfState } from './simulated-product.ts';
import { WatchedStore } from './watched-store.ts';

/** How the product follows, and what goes wrong; by a seed. */
export interface Manner {
  readonly source: 'stream' | 'poll';
  readonly isByZooKeeper: boolean;
  /** Leaves agents and tasks alone. */
  readonly onlyMasters: boolean;
  /** Past the time that a new leader gives its agents. */
  readonly isLeaderOld: boolean;
}

const SERVICES = ['/shop/web', '/shop/cart'];
const REFRESH_SECONDS = 5;
/** The clock is turned in such steps, and all that runs is asked for after each. */
const STEP_MS = 250;
const MOST_DELAY_MS = 20;
const RECOVERY_MS = 660_000;

/** A cluster, the product that follows it, and a client that never stops asking, by one clock. */
export class ChaosStage {
  /** What happened, all of it. */
  readonly story: string[] = [];
  readonly owed: OwedTasks;
  readonly #seed: number;
  readonly #manner: Manner;
  readonly #clock: SimulatedClock;
  readonly #cluster: SimulatedCluster;
  readonly #registry: FakeRegistry;
  readonly #config: Config;
  #product: SimulatedProduct | undefined;
  #hasZooKeeper = true;

  private constructor(
    seed: number,
    manner: Manner,
    clock: SimulatedClock,
    cluster: SimulatedCluster,
    registry: FakeRegistry,
  ) {
    this.#seed = seed;
    this.#manner = manner;
    this.#clock = clock;
    this.#cluster = cluster;
    this.#registry = registry;
    this.#config = configFor(manner, cluster, registry);
    this.owed = new OwedTasks(cluster, clock.monotonic);
  }

  /** Needs `connect` of `node:net` and `buildConnector` of undici mocked; see memory-network.ts. */
  static async set(seed: number, manner: Manner): Promise<ChaosStage> {
    const clock = new SimulatedClock();
    useNetwork(new MemoryNetwork(clock, seededRandom(seed), MOST_DELAY_MS));
    const registry = await fakeRegistry();
    const onElection = ({ alive }: Election) => registry.set(registered(alive));
    const timings = REAL_TIMINGS;
    const random = seededRandom(seed);
    const cluster = await startCluster({ clock, random, agents: 3, timings, onElection });
    const stage = new ChaosStage(seed, manner, clock, cluster, registry);
    await stage.#begin();
    return stage;
  }

  async #begin(): Promise<void> {
    for (const id of SERVICES) await this.#during(this.#cluster.launch(appWith(id)));
    if (this.#manner.isLeaderOld) await this.#clock.advance(RECOVERY_MS);
    const world = { clock: this.#clock, random: seededRandom(this.#seed + 1), log: quietLog() };
    const product: SimulatedProduct = new SimulatedProduct(this.#config, world, isWhole => {
      this.owed.look(product);
      if (isWhole) this.owed.note(product);
    });
    this.#product = product;
    await this.untilWhole(60_000);
  }

  /**
   * Lets things go wrong for so long, then mends all; resolves when the cluster has come to rest.
   *
   * @returns What happened.
   */
  async chaos(durationMs: number, everyMs: number): Promise<readonly string[]> {
    const before = this.story.length;
    const over = new AbortController();
    this.#clock.after(durationMs, () => over.abort());
    const random = seededRandom(this.#seed + this.#clock.now());
    const tell = (line: string) => {
      this.story.push(`${Math.round(this.#clock.monotonic() / 100) / 10} s: ${line}`);
    };
    const { onlyMasters } = this.#manner;
    const options = { clock: this.#clock, random, everyMs, signal: over.signal, onlyMasters, tell };
    await this.#during(runChaos(this.#cluster, options));
    tell('all is mended');
    return this.story.slice(before);
  }

  /**
   * Turns the clock until the whole zone is that of the cluster as it is.
   *
   * @returns How long that took.
   * @throws {Error} When it takes longer than `limitMs`.
   */
  async untilWhole(limitMs: number): Promise<number> {
    const startMs = this.#clock.monotonic();
    while (this.#product?.text !== this.#wanted()) {
      const tookMs = this.#clock.monotonic() - startMs;
      if (tookMs > limitMs)
        throw new Error(`Not whole within ${limitMs} ms: ${this.#difference()}`);
      await this.#turn();
    }
    return this.#clock.monotonic() - startMs;
  }

  async close(): Promise<void> {
    await this.#during(this.#product?.close() ?? Promise.resolve());
    await this.#cluster.close();
    await this.#registry.server.close();
  }

  /** The zone that the leader's state stands for; undefined while nobody leads. */
  #wanted(): string | undefined {
    const state = this.#cluster.state();
    const masters = this.#product?.state?.masters;
    if (!state || !masters) return undefined;
    const watched = new WatchedStore(this.#clock.now());
    watched.store.setMasters(masters);
    watched.read(Buffer.from(JSON.stringify(state)));
    return watched.store.state && textOfState(watched.store.state, this.#config);
  }

  #difference(): string {
    const [is = [], wanted = []] = [this.#product?.text, this.#wanted()].map(text =>
      text?.split('\n'),
    );
    const missing = wanted.filter(line => !is.includes(line)).slice(0, 5);
    return JSON.stringify({
      missing,
      tooMuch: is.filter(line => !wanted.includes(line)).slice(0, 5),
    });
  }

  async #turn(): Promise<void> {
    await this.#clock.advance(STEP_MS);
    const { hasZooKeeper } = this.#cluster.masters;
    if (hasZooKeeper !== this.#hasZooKeeper) this.#registry[hasZooKeeper ? 'comeBack' : 'leave']();
    this.#hasZooKeeper = hasZooKeeper;
    if (!this.#product) return;
    this.owed.look(this.#product);
    this.owed.note(this.#product);
  }

  /** Turns the clock until `promise` is settled. */
  async #during(promise: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = promise.finally(() => {
      isOver = true;
    });
    over.catch(() => {});
    while (!isOver) await this.#turn();
    await over;
  }
}

/** So many that a part of the state which lists none of them is never taken for the truth. */
function appWith(id: string): MarathonAppJson {
  const portMappings = [{ containerPort: 80, hostPort: 0, name: 'http' }];
  const docker = { image: 'shop', network: 'BRIDGE', portMappings };
  return { id, instances: 15, cpus: 0.1, mem: 32, container: { type: 'DOCKER', docker } };
}

function configFor(
  { source, isByZooKeeper }: Manner,
  { addresses }: SimulatedCluster,
  { server }: FakeRegistry,
): Config {
  const settings = {
    masters: addresses,
    source,
    refreshSeconds: REFRESH_SECONDS,
    externalOn: false,
    resolvers: [],
    snapshotFile: '',
    ...(isByZooKeeper && { zk: `zk://127.0.0.1:${server.port}/mesos` }),
  };
  return loadConfig({ settings, environment: {} }).config;
}

/** The masters as they stand in ZooKeeper, numbered in this order. */
function registered(alive: Election['alive']): ReadonlyMap<string, string> {
  return new Map(
    alive.map(({ address, port }, at) => {
      return [`json.info_${String(at).padStart(10, '0')}`, masterInfo(address, port)];
    }),
  );
}
