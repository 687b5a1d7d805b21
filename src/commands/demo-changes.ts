import { REAL_TIMINGS, type SimulatedCluster, type Timings } from '../simulator/index.ts';

/** Faster than life, slow enough to be watched. */
export const DEMO_TIMINGS: Timings = { ...REAL_TIMINGS, electionMs: 2_000, unreachableMs: 4_000 };

/** Something that happens to the cluster, and how it is told. */
export interface DemoChange {
  readonly what: string;
  readonly make: () => Promise<void>;
}

/** What happens, one thing after another, for ever. */
export function* demoChanges(cluster: SimulatedCluster): Generator<DemoChange> {
  for (;;) {
    yield { what: 'apache2 is scaled to 3 instances', make: () => cluster.scale('/apache2', 3) };
    yield {
      what: 'an instance of apache2 dies; Marathon starts another one',
      make: async () => {
        // The newest, as in scaling: the lines printed at the start go on working.
        const victim = cluster.running.findLast(({ name }) => name === 'apache2');
        if (victim) await cluster.killTask(victim.id);
      },
    };
    yield {
      what: 'the leading master dies; no name is lost while another one is elected',
      make: async () => {
        await cluster.masters.kill();
        await cluster.until(({ isSettled }) => isSettled);
      },
    };
    yield {
      what: 'apache2 is scaled back to 2 instances',
      make: () => cluster.scale('/apache2', 2),
    };
  }
}
