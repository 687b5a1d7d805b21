import { expect, test } from 'vitest';
import { knownName, type Octets, OPCODE, RCODE, serial } from '../../src/dns/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { Notifier, type NotifySocket, type TransferZone } from '../../src/transfer/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const SOA = {
  primary: knownName('ns1.mesos'),
  mailbox: knownName('root.ns1.mesos'),
  refreshSeconds: 60,
  retrySeconds: 600,
  expireSeconds: 86_400,
  negativeTtlSeconds: 10,
};

class FakeSocket implements NotifySocket {
  readonly sent: Octets[] = [];
  hear: (message: Octets, address: string, port: number) => void = () => {};
  send = (message: Octets) => void this.sent.push(message);
  onMessage = (hear: FakeSocket['hear']) => {
    this.hear = hear;
  };
  close = () => Promise.resolve();
  acknowledge = (address = '127.0.0.1', port = 5353, rcode = 0) => {
    const response = this.sent.at(-1)!.slice();
    response[2] |= 0x80;
    response[3] |= rcode;
    this.hear(response, address, port);
  };
}

function setUp() {
  const clock = new SimulatedClock();
  const socket = new FakeSocket();
  let current = 1;
  const zone = (): TransferZone => ({
    origin: knownName('mesos'),
    serial: serial(current),
    soa: SOA,
    ttlSeconds: 60,
    rrsets: () => [],
  });
  const notifier = new Notifier({
    secondaries: [{ address: '127.0.0.1', port: 5353, key: undefined }],
    minGapMs: 1000,
    zone,
    socket,
    clock,
    random: seededRandom(1),
  });
  const change = () => {
    current++;
    notifier.zoneChanged();
  };
  return { clock, socket, notifier, change };
}

test('a change is told at once, with the new start of authority', async () => {
  const { clock, socket, notifier, change } = setUp();
  change();
  await clock.advance(0);
  expect(socket.sent).toHaveLength(1);
  expect(socket.sent[0][2] >> 3).toBe(OPCODE.NOTIFY);
  socket.acknowledge();
  expect(notifier.status()[0]).toMatchObject({ state: 'acknowledged', acknowledgedSerial: 2 });
  await clock.advance(600_000);
  expect(socket.sent).toHaveLength(1);
});

test('a hundred changes within the gap become two notifications, the second of the last', async () => {
  const { clock, socket, notifier, change } = setUp();
  change();
  await clock.advance(0);
  socket.acknowledge();
  for (let index = 0; index < 99; index++) {
    await clock.advance(5);
    change();
  }
  await clock.advance(999);
  expect(socket.sent).toHaveLength(2);
  socket.acknowledge();
  expect(notifier.status()[0].acknowledgedSerial).toBe(101);
});

test('a lost notification is sent again, and given up after a while', async () => {
  const { clock, socket, notifier, change } = setUp();
  change();
  await clock.advance(600_000);
  expect(socket.sent).toHaveLength(6);
  expect(notifier.status()[0]).toMatchObject({ state: 'silent', acknowledgedSerial: undefined });
});

test.each([
  { why: 'another address', address: '127.0.0.2', port: 5353 },
  { why: 'another port', address: '127.0.0.1', port: 5354 },
])('an answer from $why does not count', async ({ address, port }) => {
  const { clock, socket, notifier, change } = setUp();
  change();
  await clock.advance(0);
  socket.acknowledge(address, port);
  expect(notifier.status()[0].state).toBe('notifying');
});

test('a secondary that does not take notifications from us is not asked again', async () => {
  const { clock, socket, notifier, change } = setUp();
  change();
  await clock.advance(0);
  socket.acknowledge('127.0.0.1', 5353, RCODE.REFUSED);
  expect(notifier.status()[0]).toMatchObject({ state: 'refused', acknowledgedSerial: undefined });
  await clock.advance(600_000);
  expect(socket.sent).toHaveLength(1);
  change();
  await clock.advance(1_000);
  expect(socket.sent).toHaveLength(2);
});

test('an answer about another zone, with the same id, is none', async () => {
  const { clock, socket, notifier, change } = setUp();
  change();
  await clock.advance(0);
  const [message] = socket.sent;
  const other = message.slice();
  other[2] |= 0x80;
  // `mesos` becomes `nesos`.
  other[13]++;
  socket.hear(other, '127.0.0.1', 5353);
  expect(notifier.status()[0].state).toBe('notifying');
  socket.acknowledge();
  expect(notifier.status()[0].state).toBe('acknowledged');
});
