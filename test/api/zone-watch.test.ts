import { expect, onTestFinished, test } from 'vitest';
import type { ChangeFilter } from '../../src/api/change-filter.ts';
import { ZONE_WATCH_LIMITS, type ZoneWatchLimits, zoneWatch } from '../../src/api/index.ts';
import type { EventStream, Reply } from '../../src/api/reply.ts';
import { knownName, type RRset, type Serial, serial } from '../../src/dns/index.ts';
import type { ZoneDelta } from '../../src/zone/index.ts';
import { serveApi } from '../fakes/served-api.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const NOBODY = { client: { address: '', port: 0 }, body: undefined };

const rrset = (name: string, ...addresses: string[]): RRset => {
  const owner = knownName(name);
  return { owner, type: 'A', records: addresses.map(address => ({ type: 'A', owner, address })) };
};

const delta = (to: number, added: RRset[] = [rrset('web.mesos', '10.0.0.1')]): ZoneDelta => ({
  from: to === 1 ? undefined : serial(to - 1),
  to: serial(to),
  removed: [],
  added,
});

/** A stream that keeps what it is sent. */
function keptStream(unsent = 0) {
  const sent: string[] = [];
  let gone = () => {};
  const state = { isCut: false, isEnded: false };
  const stream: EventStream = {
    send: text => sent.push(text),
    unsentOctets: () => unsent,
    cut: () => {
      state.isCut = true;
      gone();
    },
    end: () => {
      state.isEnded = true;
      gone();
    },
    onGone: listener => {
      gone = listener;
    },
  };
  return { sent, state, stream };
}

function watchedZone(limits: Partial<ZoneWatchLimits> = {}) {
  const zone: { serial: Serial | undefined } = { serial: undefined };
  const clock = new SimulatedClock();
  const watch = zoneWatch(zone, clock, { ...ZONE_WATCH_LIMITS, ...limits });
  const publish = (change: ZoneDelta) => {
    zone.serial = change.to;
    watch.publish(change);
  };
  const follow = (since?: string, unsent = 0, filter?: ChangeFilter) => {
    const kept = keptStream(unsent);
    const request = {
      parameter: '',
      query: new URLSearchParams(),
      header: (name: string) => (name === 'last-event-id' ? since : undefined),
      ...NOBODY,
    };
    const reply = watch.follow(request, filter);
    if (reply.kind === 'events') reply.start(kept.stream);
    return { ...kept, reply };
  };
  const poll = (query: string, filter?: ChangeFilter) =>
    Promise.resolve(
      watch.changes(
        { parameter: '', query: new URLSearchParams(query), header: () => undefined, ...NOBODY },
        filter,
      ),
    );
  return { publish, follow, poll, clock, watch };
}

const kinds = (sent: readonly string[]) =>
  [...sent.join('').matchAll(/event: (\w+)\nid: (\d+)/g)].map(([, kind, id]) => `${kind} ${id}`);

test('whoever listens is told each change as it comes', () => {
  const { publish, follow } = watchedZone();
  publish(delta(1));
  const { sent } = follow();
  publish(delta(2));
  expect(kinds(sent)).toEqual(['hello 1', 'delta 2']);
  expect(sent[1]).toBe(
    'event: delta\nid: 2\ndata: {"from":1,"to":2,"removed":[],"added":' +
      '[{"owner":"web.mesos.","type":"A","values":["10.0.0.1"]}]}\n\n',
  );
});

test.each([
  { why: 'what was missed', since: '2', told: ['delta 3', 'delta 4'] },
  { why: 'nothing but where we are when nothing was missed', since: '4', told: ['hello 4'] },
  { why: 'to read anew when the serial is unknown', since: '77', told: ['reset 4'] },
  { why: 'to read anew when the serial is nonsense', since: 'x', told: ['reset 4'] },
])('who comes back is told $why', ({ since, told }) => {
  const { publish, follow } = watchedZone();
  for (const to of [1, 2, 3, 4]) publish(delta(to));
  expect(kinds(follow(since).sent)).toEqual(told);
});

test('who was away for longer than the history reads the zone anew', () => {
  const { publish, follow } = watchedZone({ historyCharacters: 300 });
  for (let to = 1; to <= 20; to++) publish(delta(to));
  expect(kinds(follow('3').sent)).toEqual(['reset 20']);
  expect(kinds(follow('19').sent)).toEqual(['delta 20']);
});

test('a change too large to tell is a reset', () => {
  const { publish, follow } = watchedZone({ maxRrsets: 2 });
  publish(delta(1));
  const { sent } = follow();
  publish(
    delta(
      2,
      ['a', 'b', 'c'].map(name => rrset(`${name}.mesos`, '10.0.0.1')),
    ),
  );
  expect(kinds(sent)).toEqual(['hello 1', 'reset 2']);
});

test('who does not read is cut, the others hear on', () => {
  const { publish, follow } = watchedZone();
  const slow = follow(undefined, 2 ** 21);
  const good = follow();
  publish(delta(1));
  publish(delta(2));
  expect(slow.state.isCut).toBe(true);
  expect(kinds(slow.sent)).toEqual([]);
  expect(kinds(good.sent)).toEqual(['delta 1', 'delta 2']);
});

test('one watcher too many is refused, until one goes', () => {
  const { follow } = watchedZone({ maxWatchers: 1 });
  const first = follow();
  expect(follow().reply).toMatchObject({ kind: 'text', status: 503 });
  first.stream.end();
  expect(follow().reply.kind).toBe('events');
});

test('a quiet stream beats every 15 seconds, and no clock runs without listeners', async () => {
  const { follow, clock } = watchedZone();
  expect(clock.pending).toBe(0);
  const { sent, stream } = follow();
  await clock.advance(31_000);
  expect(sent.filter(text => text === ':\n\n')).toHaveLength(3);
  stream.end();
  expect(clock.pending).toBe(0);
});

test('a beat that cuts the last listener is the last beat', async () => {
  const { follow, clock } = watchedZone();
  const { state } = follow(undefined, 2 ** 21);
  await clock.advance(15_000);
  expect(state.isCut).toBe(true);
  expect(clock.pending).toBe(0);
});

test('changes are summed up, newest first, twenty of them', () => {
  const { publish, watch } = watchedZone();
  for (let to = 1; to <= 24; to++) publish(delta(to));
  const names = Array.from({ length: 9 }, (_, index) => rrset(`n${index}.mesos`, '10.0.0.1'));
  publish({
    from: serial(24),
    to: serial(25),
    removed: [rrset('web.mesos', '10.0.0.1'), rrset('gone.mesos', '10.0.0.1')],
    added: [rrset('web.mesos', '10.0.0.2'), ...names],
  });
  const changes = watch.lastChanges();
  expect(changes).toHaveLength(20);
  expect(changes[0]).toMatchObject({ serial: 25, added: 9, removed: 1, changed: 1 });
  expect(changes[0].names).toHaveLength(5);
});

test('over a real connection events arrive, and close ends the stream', async () => {
  const api = await serveApi();
  onTestFinished(() => api.close());
  const response = await fetch(`${api.url}/v1/watch?serial=5`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  api.watch.publish(delta(6));
  void api.close();
  const body = await response.text();
  expect(kinds([body])).toEqual(['reset 1700000000', 'delta 6']);
});

const onlyWeb: ChangeFilter = ({ owner }) => owner === 'web.mesos.';
const other = rrset('db.mesos', '10.0.0.2');

test('with a filter only what passes is told, and the rest moves on where the client resumes', () => {
  const { publish, follow } = watchedZone();
  publish(delta(1));
  const { sent } = follow(undefined, 0, onlyWeb);
  publish(delta(2, [other]));
  publish(delta(3, [other, rrset('web.mesos', '10.0.0.3')]));
  expect(sent.slice(1)).toEqual(['id: 2\n\n', expect.stringContaining('"values":["10.0.0.3"]')]);
  expect(sent[2]).not.toContain('db.mesos');
  expect(follow('1', 0, onlyWeb).sent.join('')).toBe(sent.slice(1).join(''));
});

/** What a long poll was answered with: the serial reached, and those of the changes told. */
function polled(reply: Reply) {
  if (reply.kind !== 'json') return reply;
  const {
    serial: now,
    reset,
    changes,
  } = reply.value as {
    serial: number;
    reset: boolean;
    changes: readonly { to: number }[];
  };
  return { serial: now, reset, told: changes.map(({ to }) => to) };
}

test.each([
  { why: 'what was missed, at once', query: 'after=2', serial: 4, reset: false, told: [3, 4] },
  { why: 'to read anew without a serial', query: '', serial: 4, reset: true, told: [] },
  { why: 'to read anew for an unknown one', query: 'after=77', serial: 4, reset: true, told: [] },
  { why: 'nothing at once', query: 'after=4&wait=0', serial: 4, reset: false, told: [] },
])('who asks for changes is told $why', async ({ query, serial: now, reset, told }) => {
  const { publish, poll, clock } = watchedZone();
  for (const to of [1, 2, 3, 4]) publish(delta(to));
  expect(polled(await poll(query))).toEqual({ serial: now, reset, told });
  expect(clock.pending).toBe(0);
});

test('who is up to date waits for the next change', async () => {
  const { publish, poll, clock } = watchedZone();
  publish(delta(1));
  const answer = poll('after=1');
  publish(delta(2));
  expect(polled(await answer)).toEqual({ serial: 2, reset: false, told: [2] });
  expect(clock.pending).toBe(0);
});

test.each([
  { wait: '', ms: 25_000 },
  { wait: '&wait=3', ms: 3000 },
  { wait: '&wait=3s', ms: 3000 },
  { wait: '&wait=600', ms: 25_000 },
])('it waits no longer than $ms ms with “$wait”', async ({ wait, ms }) => {
  const { publish, poll, clock } = watchedZone();
  publish(delta(1));
  let reply: Reply | undefined;
  void poll(`after=1${wait}`).then(found => {
    reply = found;
  });
  await clock.advance(ms - 1);
  expect(reply).toBeUndefined();
  await clock.advance(1);
  expect(reply && polled(reply)).toEqual({ serial: 1, reset: false, told: [] });
});

test('with a filter it waits for what passes, and then says how far it has looked', async () => {
  const { publish, poll, clock } = watchedZone();
  publish(delta(1));
  const told = poll('after=1', onlyWeb);
  const quiet = poll('after=1&wait=1', ({ owner }) => owner === 'none.mesos.');
  publish(delta(2, [other]));
  publish(delta(3));
  expect(polled(await told)).toEqual({ serial: 3, reset: false, told: [3] });
  await clock.advance(1000);
  expect(polled(await quiet)).toEqual({ serial: 3, reset: false, told: [] });
});

test('a change too large to tell ends the waiting, and so does the end of the server', async () => {
  const { publish, poll, watch } = watchedZone({ maxRrsets: 1 });
  publish(delta(1));
  const first = poll('after=1');
  publish(delta(2, [other, rrset('web.mesos', '10.0.0.3')]));
  expect(polled(await first)).toEqual({ serial: 2, reset: true, told: [] });
  expect(polled(await poll('after=1'))).toEqual({ serial: 2, reset: true, told: [] });
  const second = poll('after=2');
  watch.close();
  expect(polled(await second)).toEqual({ serial: 2, reset: false, told: [] });
});

test('who waits counts as a watcher', async () => {
  const { publish, poll, follow, watch } = watchedZone({ maxWatchers: 1 });
  publish(delta(1));
  void poll('after=1');
  expect(await poll('after=1')).toMatchObject({ kind: 'text', status: 503 });
  expect(follow().reply).toMatchObject({ kind: 'text', status: 503 });
  watch.close();
});
