import { describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../../src/runtime/index.ts';
import { type FewWords, stateText } from '../fakes/state-text.ts';
import { WatchedStore } from '../fakes/watched-store.ts';

const START_S = 1_700_000_000;
const REREGISTER_S = 600;

interface MadeTask {
  readonly agent: string;
  readonly framework: string;
}

/** A leader: what it knows comes back to it bit by bit. Times are seconds since the beginning. */
interface MadeLeader {
  readonly address: string;
  readonly electedS: number;
  readonly registryReadS: number;
  readonly backS: ReadonlyMap<string, number>;
}

/** A cluster whose tasks run on whatever becomes of its masters. */
class MadeCluster {
  readonly #random: Random;
  readonly #tellsRecovered: boolean;
  readonly tasks = new Map<string, MadeTask>();
  readonly #agents = Array.from({ length: 6 }, (_, index) => `S${index}`);
  readonly #frameworks = ['F', 'G', 'H'];
  #leader: MadeLeader;
  #count = 0;

  constructor(random: Random, tellsRecovered: boolean) {
    this.#random = random;
    this.#tellsRecovered = tellsRecovered;
    this.#leader = this.#elect(-7200, 0);
    for (let task = 0; task < 25; task++) this.launch(0);
  }

  failOver(nowS: number): void {
    this.#leader = this.#elect(nowS, 1);
  }

  launch(nowS: number): void {
    const agent = this.#pick(this.#agents);
    const framework = this.#pick(this.#frameworks);
    if (!this.#isBack(agent, nowS) || !this.#isBack(framework, nowS)) return;
    this.tasks.set(`${framework}/t${this.#count++}`, { agent, framework });
  }

  /** A task ends; it may do so while its master knows nothing of it. */
  end(): void {
    this.tasks.delete(this.#pick([...this.tasks.keys()]));
  }

  /** What `/state` says; undefined while nobody leads. */
  describe(nowS: number): FewWords | undefined {
    const { address, electedS, registryReadS } = this.#leader;
    if (nowS < electedS) return undefined;
    const isRead = nowS >= registryReadS;
    const back = this.#agents.filter(agent => isRead && this.#isBack(agent, nowS));
    const late = this.#agents.filter(agent => isRead && !back.includes(agent));
    return {
      leader: address,
      elected: START_S + electedS,
      agents: Object.fromEntries(back.map(agent => [agent, `${agent}.example`])),
      recovered: this.#tellsRecovered ? late : undefined,
      frameworks: this.#describeFrameworks(nowS, back),
      orphans: this.#tellsRecovered ? {} : this.#describeOrphans(nowS, back),
    };
  }

  /** Since 1.2 a framework is known by its tasks; before, by its scheduler alone. */
  #describeFrameworks(nowS: number, back: readonly string[]) {
    const known = this.#frameworks.flatMap(framework => {
      const tasks = [...this.tasks]
        .filter(([, task]) => task.framework === framework && back.includes(task.agent))
        .map(([key, { agent }]) => [key.split('/')[1], agent]);
      const isKnown = this.#isBack(framework, nowS) || (this.#tellsRecovered && tasks.length > 0);
      return isKnown ? [[framework, Object.fromEntries(tasks)]] : [];
    });
    return Object.fromEntries(known);
  }

  #describeOrphans(nowS: number, back: readonly string[]) {
    const orphans = [...this.tasks].filter(
      ([, { agent, framework }]) => back.includes(agent) && !this.#isBack(framework, nowS),
    );
    return Object.fromEntries(orphans.map(([key, { agent }]) => [key, agent]));
  }

  #elect(nowS: number, slowness: number): MadeLeader {
    const electedS = nowS + slowness * (9 + this.#random.below(3));
    const registryReadS = electedS + slowness * this.#random.below(4);
    const backS = [...this.#agents, ...this.#frameworks].map((name): [string, number] => {
      const lateS = this.#random.below(4) === 0 ? REREGISTER_S - 10 : 15;
      return [name, registryReadS + slowness * this.#random.below(lateS)];
    });
    return {
      address: `10.0.0.${++this.#count % 250}`,
      electedS,
      registryReadS,
      backS: new Map(backS),
    };
  }

  #isBack(name: string, nowS: number): boolean {
    return nowS >= (this.#leader.backS.get(name) ?? 0);
  }

  #pick(from: readonly string[]): string {
    return from[this.#random.below(from.length)];
  }
}

const VERSIONS = [
  { why: 'since Mesos 1.2', tellsRecovered: true },
  { why: 'before Mesos 1.2', tellsRecovered: false },
];

describe.each(VERSIONS)('law, $why', ({ tellsRecovered }) => {
  test.each(
    Array.from({ length: 100 }, (_, seed) => seed),
  )('through any failovers no living task loses its place, and in the end all is as it is (seed %d)', async seed => {
    const random = seededRandom(seed);
    const cluster = new MadeCluster(random, tellsRecovered);
    const watched = new WatchedStore(START_S * 1000);
    let nowS = 0;
    const look = async (afterS: number) => {
      nowS += afterS;
      await watched.clock.advance(afterS * 1000);
      const words = cluster.describe(nowS);
      if (words) watched.read(stateText(words));
    };
    await look(0);
    for (let turn = 0; turn < 60; turn++) {
      const published = new Set<string>(watched.tasks);
      if (random.below(12) === 0) cluster.failOver(nowS);
      for (let act = random.below(3); act > 0; act--) cluster.launch(nowS);
      if (random.below(3) === 0) cluster.end();
      await look(1 + random.below(60));
      const lost = [...published].filter(
        key => cluster.tasks.has(key) && !watched.store.state?.tasks.has(key as never),
      );
      expect(lost, `at ${nowS} s`).toEqual([]);
    }
    for (let turn = 0; turn < 13; turn++) await look(60);
    expect([...watched.tasks].sort()).toEqual([...cluster.tasks.keys()].sort());
    expect(Object.values(watched.store.condition.heldTasks).some(Boolean)).toBe(false);
  });
});
