import { type RRset, recordValue, rrsetKey, type Serial } from '../dns/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { ZoneDelta } from '../zone/index.ts';
import { type EventStream, type Reply, text } from './reply.ts';
import type { ApiRequest } from './route.ts';
import type { ReadableZone } from './sources.ts';

/** One change of the zone in short. */
export interface ChangeSummary {
  readonly serial: Serial;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly added: number;
  readonly removed: number;
  /** RRsets that changed: they count neither as added nor as removed. */
  readonly changed: number;
  /** A few of the names. */
  readonly names: readonly string[];
}

/** Tells whoever listens how the zone changes. */
export interface ZoneWatch {
  /** To be called for each version of the zone, in order. */
  publish(delta: ZoneDelta): void;
  /** Answers `/v1/watch`: server-sent events, from the serial in `Last-Event-ID` or `?serial=` on. */
  follow(request: ApiRequest): Reply;
  /** The latest changes, newest first. */
  lastChanges(): readonly ChangeSummary[];
  /** Ends all streams. */
  close(): void;
}

/** What watchers may cost. */
export interface ZoneWatchLimits {
  readonly maxWatchers: number;
  /** Characters of events kept for those who come back. */
  readonly historyCharacters: number;
  /** A delta with more RRsets is told as `reset`. */
  readonly maxRrsets: number;
  /** A client that has left so much unread is cut. */
  readonly maxUnsentOctets: number;
}

/** Limits that suit a big cluster and a handful of watchers. */
export const ZONE_WATCH_LIMITS: ZoneWatchLimits = {
  maxWatchers: 100,
  historyCharacters: 8 * 2 ** 20,
  maxRrsets: 10_000,
  maxUnsentOctets: 2 ** 20,
};

/** Keeps connections through middle boxes, and lets dead ones be noticed. */
const HEARTBEAT_MS = 15_000;
const CHANGES_KEPT = 20;
const NAMES_TOLD = 5;

/**
 * Events are `delta`, with owner, type and values of each RRset that went and came, and `reset` where
 * the client has to read the zone anew: its serial is too old, or too much changed at once. The id of
 * each is the serial reached.
 */
export function zoneWatch(
  zone: Pick<ReadableZone, 'serial'>,
  clock: Clock,
  limits: ZoneWatchLimits = ZONE_WATCH_LIMITS,
): ZoneWatch {
  const streams = new Set<EventStream>();
  const history = eventHistory(limits);
  const changes: ChangeSummary[] = [];
  const tell = (event: string) => {
    for (const stream of streams) sendOrCut(stream, event, limits);
  };
  const heart = heartbeat(clock, () => tell(':\n\n'));
  const open = (stream: EventStream, since: string | undefined) => {
    if (streams.size === 0) heart.start();
    streams.add(stream);
    stream.onGone(() => {
      streams.delete(stream);
      if (streams.size === 0) heart.stop();
    });
    stream.send(history.since(since, zone.serial));
  };
  return {
    publish: delta => {
      changes.unshift(summary(delta, clock.now()));
      changes.length = Math.min(changes.length, CHANGES_KEPT);
      tell(history.add(delta));
    },
    follow: ({ query, header }) => {
      if (streams.size >= limits.maxWatchers) return text(503, 'Too many watchers');
      const since = header('last-event-id') ?? query.get('serial') ?? undefined;
      return { kind: 'events', start: stream => open(stream, since) };
    },
    lastChanges: () => changes,
    close: () => {
      heart.stop();
      for (const stream of streams) stream.end();
    },
  };
}

function sendOrCut(stream: EventStream, event: string, { maxUnsentOctets }: ZoneWatchLimits): void {
  if (stream.unsentOctets() > maxUnsentOctets) stream.cut();
  else stream.send(event);
}

function heartbeat(clock: Clock, beat: () => void) {
  let stop = () => {};
  const start = () => {
    stop = clock.after(HEARTBEAT_MS, () => {
      // First, since a beat may end the last stream, and the heart with it.
      start();
      beat();
    });
  };
  return { start, stop: () => stop() };
}

/** The latest events, bounded by their length. */
function eventHistory({ historyCharacters, maxRrsets }: ZoneWatchLimits) {
  const events: { readonly from: Serial | undefined; readonly text: string }[] = [];
  let characters = 0;
  return {
    /** Keeps the event of `delta` and returns it. */
    add: (delta: ZoneDelta): string => {
      const isTooMuch = delta.removed.length + delta.added.length > maxRrsets;
      const text = isTooMuch ? resetEvent(delta.to) : deltaEvent(delta);
      events.push({ from: delta.from, text });
      characters += text.length;
      while (characters > historyCharacters) characters -= events.shift()?.text.length ?? 0;
      return text;
    },
    /** What somebody at serial `since` has missed; a line without meaning when that is nothing. */
    since: (since: string | undefined, now: Serial | undefined): string => {
      if (now === undefined) return ':\n\n';
      if (since === undefined || since === `${now}`) return helloEvent(now);
      const missed = events.findIndex(({ from }) => `${from}` === since);
      return missed < 0
        ? resetEvent(now)
        : events
            .slice(missed)
            .map(({ text }) => text)
            .join('');
    },
  };
}

function deltaEvent({ from, to, removed, added }: ZoneDelta): string {
  return event('delta', to, {
    from: from ?? null,
    to,
    removed: removed.map(rrsetFacts),
    added: added.map(rrsetFacts),
  });
}

function rrsetFacts({ owner, type, records }: RRset) {
  return { owner, type, values: records.map(recordValue) };
}

function helloEvent(serial: Serial): string {
  return event('hello', serial, { serial });
}

function resetEvent(serial: Serial): string {
  return event('reset', serial, { serial });
}

function event(type: string, id: Serial, value: unknown): string {
  return `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(value)}\n\n`;
}

function summary({ to, removed, added }: ZoneDelta, at: number): ChangeSummary {
  const gone = new Set(removed.map(rrsetKey));
  // The first version of a large zone is all added: no key is made for each of its RRsets.
  const changed = gone.size === 0 ? 0 : added.filter(rrset => gone.has(rrsetKey(rrset))).length;
  const names = new Set<string>();
  for (const rrsets of [added, removed]) {
    for (let index = 0; index < rrsets.length && names.size < NAMES_TOLD; index++) {
      names.add(rrsets[index].owner);
    }
  }
  return {
    serial: to,
    at,
    added: added.length - changed,
    removed: removed.length - changed,
    changed,
    names: [...names],
  };
}
