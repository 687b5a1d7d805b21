import { expect, test } from 'vitest';
import { seededRandom, systemClock } from '../../src/runtime/index.ts';
import { runChaos } from '../../src/simulator/index.ts';
import { startServedCluster } from '../fakes/served-cluster.ts';

/** How long each seed runs; a soak sets it to minutes. */
const SECONDS = Number(process.env.MESONYM_CHAOS_SECONDS ?? 6);
const FIRST_SEED = Number(process.env.MESONYM_CHAOS_SEED ?? 1);
const SEEDS = [0, 1, 2].map(index => ({ seed: FIRST_SEED + index }));
const LIMIT_MS = SECONDS * 1000 + 90_000;

/** One thing goes wrong after another, on average so often. */
const EVERY_MS = 400;

async function chaos(seed: number, onlyMasters: boolean) {
  const served = await startServedCluster({ seed }, { source: seed % 3 === 0 ? 'poll' : 'stream' });
  const { cluster, prober } = served;
  await served.untilShown();
  const story: string[] = [];
  const options = { clock: systemClock(), random: seededRandom(seed), everyMs: EVERY_MS };
  const signal = AbortSignal.timeout(SECONDS * 1000);
  const tell = (line: string) => story.push(`${Math.round(performance.now())} ms: ${line}`);
  try {
    await runChaos(cluster, { ...options, signal, onlyMasters, tell });
    await served.untilShown(40_000);
    return { asked: prober.asked(), misses: prober.misses.slice(0, 5), story: story.slice(-30) };
  } finally {
    await served.close();
  }
}

test.concurrent.each(SEEDS)(
  'whatever masters do, no living service loses its name (seed $seed)',
  async ({ seed }) => {
    const { asked, misses, story } = await chaos(seed, true);
    expect(misses, `seed ${seed}: ${story.join('; ')}`).toEqual([]);
    expect(asked).toBeGreaterThan(SECONDS * 10);
  },
  LIMIT_MS,
);

test.concurrent.each(SEEDS)(
  'whatever agents and tasks do as well, all that runs is found in the end (seed $seed)',
  async ({ seed }) => {
    const { story } = await chaos(100 + seed, false);
    expect(story.length).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
