import { afterAll, describe, expect, test } from 'vitest';
import type { Fault, SimulatedCluster } from '../../src/simulator/index.ts';
import { type ServedCluster, startServedCluster } from '../fakes/served-cluster.ts';

/** How long a fault lasts: some polls, some tries to subscribe. */
const FAULT_MS = 1_500;
/** Silence is believed for so long before another connection is tried. */
const RECOVERY_MS = 25_000;

const started: ServedCluster[] = [];
afterAll(() => Promise.all(started.map(served => served.close())));

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Lets something go wrong, then right, then changes the cluster: nobody ever misses a service. */
async function survive(
  source: string,
  goWrong: (cluster: SimulatedCluster) => unknown,
  mend: (cluster: SimulatedCluster) => unknown,
): Promise<void> {
  const served = await startServedCluster({}, { source });
  started.push(served);
  const { cluster, prober } = served;
  await served.untilShown();
  await goWrong(cluster);
  await pause(FAULT_MS);
  await mend(cluster);
  await cluster.until(({ isSettled }) => isSettled);
  await cluster.scale('/shop/web', 3);
  await cluster.scale('/shop/cart', 1);
  await served.untilShown(RECOVERY_MS);
  expect(prober.misses).toEqual([]);
  expect(prober.asked()).toBeGreaterThan(20);
}

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 500, body: 'Internal Server Error' },
  { kind: 'status', status: 503, body: 'No leader elected' },
  { kind: 'empty' },
  { kind: 'html' },
  { kind: 'invalid' },
  { kind: 'wrong-shape' },
  { kind: 'truncated', share: 0.6 },
  { kind: 'slow', octets: 64, everyMs: 50 },
  { kind: 'hang' },
  { kind: 'hang-in-body' },
  { kind: 'loop' },
  { kind: 'redirect', location: '//127.0.0.1:1/state' },
  { kind: 'reset' },
];

describe.each([{ source: 'stream' }, { source: 'poll' }])('by $source', ({ source }) => {
  test.concurrent.each(
    FAULTS.map((fault, index) => ({ index, fault, what: JSON.stringify(fault) })),
  )('all masters answer with $what', ({ fault }) =>
    survive(
      source,
      ({ masters }) => {
        masters.setFault(fault);
        masters.cutStreams();
      },
      ({ masters }) => masters.setFault(undefined),
    ));

  // One look in half the cluster is doubted; what a second look confirms is believed.
  test.concurrent('the leader tells a part of the state, once', () =>
    survive(
      source,
      ({ masters }) => {
        masters.setFault({ kind: 'partial', share: 0.4 }, 0, 1);
        masters.cutStreams();
      },
      ({ masters }) => masters.setFault(undefined),
    ));

  test.concurrent('the leader dies', () =>
    survive(
      source,
      ({ masters }) => masters.kill(),
      () => {},
    ));

  test.concurrent('the leader hangs, and wakes when another one leads', () =>
    survive(
      source,
      ({ masters }) => masters.pause(0),
      ({ masters }) => masters.resume(0),
    ));

  test.concurrent('the lead moves', () =>
    survive(
      source,
      ({ masters }) => masters.move(1),
      () => {},
    ));

  test.concurrent('every master dies', () =>
    survive(
      source,
      ({ masters }) => Promise.all([2, 1, 0].map(index => masters.kill(index))),
      () => {},
    ));

  test.concurrent('ZooKeeper is away: no master leads', () =>
    survive(
      source,
      ({ masters }) => masters.loseZooKeeper(),
      ({ masters }) => masters.returnZooKeeper(),
    ));

  test.concurrent('event streams are half-open: nothing comes, and no end', () =>
    survive(
      source,
      ({ masters }) => masters.loseStreams(),
      () => {},
    ));

  test.concurrent('a framework disconnects', () =>
    survive(
      source,
      cluster => cluster.disconnectFramework('marathon'),
      cluster => cluster.returnFramework('marathon'),
    ));
});
