import { expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import type { ClusterUpdate } from '../../src/mesos/index.ts';
import type { BookUpdate, RecordBook } from '../../src/records/index.ts';
import { quietLog } from '../../src/runtime/index.ts';
import { Publisher } from '../../src/wiring/index.ts';
import { CurrentZone, type ZoneDelta } from '../../src/zone/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const OWNER = knownName('ns1.mesos');
const ours: BookUpdate = {
  changes: new Map([['nameserver', [{ type: 'A', owner: OWNER, address: '10.0.0.1' }]]]),
  faults: [],
};
const nothing: BookUpdate = { changes: new Map(), faults: [] };
const update = { state: {}, touched: 'all', faults: [] } as unknown as ClusterUpdate;

function setUp(log = quietLog()) {
  const deltas: ZoneDelta[] = [];
  const zone = new CurrentZone({
    origin: knownName('mesos'),
    soa: {
      primary: OWNER,
      mailbox: knownName('root.mesos'),
      refreshSeconds: 1,
      retrySeconds: 1,
      expireSeconds: 1,
      negativeTtlSeconds: 1,
    },
  });
  const book: RecordBook = {
    update: () => nothing,
    reachAt: () => ours,
    faultCounts: () => new Map(),
    hiddenCounts: () => new Map(),
  };
  const publisher = new Publisher({
    zone,
    book,
    publish: delta => deltas.push(delta),
    clock: new SimulatedClock(),
    log,
  });
  return { publisher, deltas };
}

test('our own names wait for the first state: alone they would be an empty zone', () => {
  const { publisher, deltas } = setUp();
  publisher.take(ours);
  expect(deltas).toEqual([]);
  publisher.update(update);
  expect(deltas).toHaveLength(1);
  expect(deltas[0].added.map(({ owner }) => owner)).toContain(OWNER);
});

test('an update without a change of records publishes nothing', () => {
  const { publisher, deltas } = setUp();
  publisher.update(update);
  publisher.update(update);
  expect(deltas).toHaveLength(1);
  expect(publisher.changes).toBe(1);
});

test('each part that cannot be used is counted every time, and told once', () => {
  const told: unknown[] = [];
  const { publisher } = setUp({ ...quietLog(), warn: (_, fields) => told.push(fields) });
  const fault = (where: string) => ({ cause: 'task' as const, where });
  publisher.update({ ...update, faults: [fault('a'), fault('b')] });
  publisher.update({ ...update, faults: [fault('a')] });
  expect(told).toEqual([fault('a'), fault('b')]);
  expect(publisher.faultCounts.get('task')).toBe(3);
});
