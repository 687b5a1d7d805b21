import { afterEach, describe, expect, test } from 'vitest';
import type { LeaderReport, MakeLeaderDetector } from '../../src/mesos/leader-detector.ts';
import type { SimulatedClock } from '../fakes/simulated-clock.ts';
import { turnUntil } from '../fakes/turn-until.ts';

/** Three masters as a detector may find them, and the hands to move their leadership. */
export interface DetectorStage {
  readonly clock: SimulatedClock;
  readonly make: MakeLeaderDetector;
  /** Ports of the masters, which tell them apart. */
  readonly ports: readonly number[];
  /** Makes a master lead, younger than all before. */
  elect(index: number): void;
  /** Nobody leads. */
  depose(): void;
  /** Everything that a detector might ask is out of reach, or back. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** What every leader detector does, whatever it asks. `setStage` has the first master lead. */
export function leaderDetectorSuite(name: string, setStage: () => Promise<DetectorStage>): void {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).toReversed()) await one.close();
  });

  const start = async (prepare: (stage: DetectorStage) => void = () => {}) => {
    const stage = await setStage();
    prepare(stage);
    const reports: LeaderReport[] = [];
    const detector = stage.make(report => reports.push(report));
    open.push(stage, detector);
    const leader = () => reports.at(-1)?.leader?.port;
    return { stage, reports, detector, leader };
  };

  describe(name, () => {
    test('finds the leader, and all masters', async () => {
      const { stage, reports, leader } = await start();
      await turnUntil(stage.clock, () => leader() === stage.ports[0]);
      const known = reports.at(-1)?.masters.map(({ port }) => port);
      expect(new Set(known)).toEqual(new Set(stage.ports));
    });

    test('finds a new leader within 5 s, and reports each once', async () => {
      const { stage, reports, leader } = await start();
      await turnUntil(stage.clock, () => leader() === stage.ports[0]);
      stage.elect(2);
      const waited = await turnUntil(stage.clock, () => leader() === stage.ports[2]);
      expect(waited).toBeLessThanOrEqual(5_000);
      await stage.clock.advance(20_000);
      const leaders = reports.map(report => report.leader?.port);
      expect(leaders.filter((port, at) => port !== leaders[at - 1])).toEqual([
        stage.ports[0],
        stage.ports[2],
      ]);
    });

    test('says that nobody leads, then who does', async () => {
      const { stage, reports, leader } = await start(one => one.depose());
      await turnUntil(stage.clock, () => reports.at(-1)?.fault === 'no-leader');
      stage.elect(1);
      await turnUntil(stage.clock, () => leader() === stage.ports[1]);
      expect(reports.at(-1)?.fault).toBeUndefined();
    });

    test('goes on after everything was out of reach', async () => {
      const { stage, leader } = await start();
      await turnUntil(stage.clock, () => leader() === stage.ports[0]);
      stage.cut();
      await stage.clock.advance(30_000);
      stage.elect(1);
      stage.mend();
      const waited = await turnUntil(stage.clock, () => leader() === stage.ports[1]);
      expect(waited).toBeLessThanOrEqual(10_000);
    });

    test('waits for masters that are not there yet', async () => {
      const { stage, leader } = await start(one => one.cut());
      await stage.clock.advance(20_000);
      expect(leader()).toBeUndefined();
      stage.mend();
      await turnUntil(stage.clock, () => leader() === stage.ports[0]);
    });

    test('is silent once it is closed', async () => {
      const { stage, reports, detector, leader } = await start();
      await turnUntil(stage.clock, () => leader() === stage.ports[0]);
      await detector.close();
      const told = reports.length;
      stage.elect(2);
      await stage.clock.advance(30_000);
      expect(reports).toHaveLength(told);
    });
  });
}
