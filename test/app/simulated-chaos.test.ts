import { expect, test, vi } from 'vitest';
import { ChaosStage, type Manner } from '../fakes/chaos-stage.ts';

// Connections are made in memory, so that what travels does so in simulated time.
vi.mock(import('undici'), async original => {
  const { buildMemoryConnector } = await import('../fakes/memory-network.ts');
  return Object.assign({ ...(await original()) }, { buildConnector: buildMemoryConnector });
});
vi.mock(import('node:net'), async original => {
  const { connectInMemory } = await import('../fakes/memory-network.ts');
  return Object.assign({ ...(await original()) }, { connect: connectInMemory });
});

/** `MESONYM_SEEDS=1000` for a long run, `MESONYM_SEED=17` for one seed alone. */
const FIRST = Number(process.env.MESONYM_SEED ?? 0);
const COUNT = Number(process.env.MESONYM_SEEDS ?? (process.env.MESONYM_SEED ? 1 : 200));

const ROUNDS = 3;
const ROUND_MS = 60_000;
/** On average, between two mischiefs. */
const EVERY_MS = 4_000;

/** `refreshSeconds` and one more, or two tries to find a new leader. */
const RECOVERY_MS = 6_000;
/** Where requests were taken and not answered, their limit may have doubled to 8 times 5 s; two heartbeats are less. */
const UNANSWERED = /hang|slow|paused|half-open/;
const PATIENCE_MS = 45_000;

/** All ways of following, and all that can go wrong, turn by turn. */
function mannerOf(seed: number): Manner {
  return {
    source: seed & 1 ? 'poll' : 'stream',
    isByZooKeeper: (seed & 2) > 0,
    onlyMasters: (seed & 4) === 0,
    isLeaderOld: (seed & 8) > 0,
  };
}

test.each(
  Array.from({ length: COUNT }, (_, at) => FIRST + at),
)('seed %d: what runs is found, whatever happens, and in the end all is as it is', async seed => {
  const manner = mannerOf(seed);
  const stage = await ChaosStage.set(seed, manner);
  const told = () => JSON.stringify({ seed, manner, story: stage.story }, null, 1);
  for (let round = 0; round < ROUNDS; round++) {
    const story = await stage.chaos(ROUND_MS, EVERY_MS);
    const limitMs = story.some(line => UNANSWERED.test(line)) ? PATIENCE_MS : RECOVERY_MS;
    await stage.untilWhole(limitMs);
    expect(stage.owed.lapses.slice(0, 3), told()).toEqual([]);
  }
  expect(stage.owed.asked).toBeGreaterThan(1_000);
  await stage.close();
});
