import { expect, test } from 'vitest';
import { knownName, serial } from '../../src/dns/index.ts';
import type { SecondaryStatus, SentTransfer } from '../../src/transfer/index.ts';
import { SecondaryReports } from '../../src/wiring/secondary-reports.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const [SHARED, OWN] = [knownName('shared'), knownName('own')];

/** Two share a key, one has its own, one has none. */
const CONFIGURED = [
  { address: '192.0.2.1', key: SHARED },
  { address: '192.0.2.2', key: SHARED },
  { address: '192.0.2.3', key: OWN },
  { address: '192.0.2.4', key: undefined },
].map(({ address, key }) => {
  return { address: { host: address, port: 53, text: address }, key, notify: true };
});

const sent = (address: string, key: SentTransfer['key']): SentTransfer => ({
  origin: knownName('mesos'),
  outcome: 'ixfr',
  client: { address, port: 4444, transport: 'tcp' },
  key,
  askedSerial: serial(1),
  sentSerial: serial(2),
});

test.each([
  { why: 'by its address and key', address: '192.0.2.1', key: SHARED, who: ['192.0.2.1'] },
  { why: 'by its key, from elsewhere', address: '10.0.0.9', key: OWN, who: ['192.0.2.3'] },
  { why: 'by its address', address: '192.0.2.4', key: undefined, who: ['192.0.2.4'] },
  {
    why: 'with others of its key, from elsewhere',
    address: '10.0.0.9',
    key: SHARED,
    who: ['192.0.2.1', '192.0.2.2'],
  },
  {
    why: 'by nothing: a stranger of the access list',
    address: '10.0.0.9',
    key: undefined,
    who: [],
  },
  { why: 'not by its address without its key', address: '192.0.2.1', key: undefined, who: [] },
])('who took a transfer is known $why', ({ address, key, who }) => {
  const reports = new SecondaryReports(CONFIGURED, new SimulatedClock());
  reports.add(sent(address, key));
  const known = reports.list([]).filter(({ lastTransfer }) => lastTransfer !== undefined);
  expect(known.map(report => report.address)).toEqual(who);
});

test('a report tells what was notified beside what was taken, and when', async () => {
  const clock = new SimulatedClock();
  const reports = new SecondaryReports(CONFIGURED.slice(0, 1), clock);
  await clock.advance(5_000);
  reports.add(sent('192.0.2.1', SHARED));
  const told: SecondaryStatus = {
    address: '192.0.2.1',
    port: 53,
    state: 'acknowledged',
    notifiedSerial: 2,
    acknowledgedSerial: 2,
    sent: 1,
  };
  expect(reports.list([told])).toEqual([
    {
      ...told,
      name: undefined,
      lastTransfer: {
        outcome: 'ixfr',
        transport: 'tcp',
        askedSerial: 1,
        sentSerial: 2,
        atMs: clock.now(),
      },
    },
  ]);
});
