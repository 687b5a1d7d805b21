import { rrsetKey, type Serial } from '../dns/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { ZoneDelta } from '../zone/index.ts';
import type { ChangeFilter } from './change-filter.ts';
import {
  type ChangeFacts,
  ChangeHistory,
  changeFacts,
  factsOf,
  filtered,
  type ToldChange,
} from './change-history.ts';
import { ChangePolls } from './change-polls.ts';
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

/** Tells whoever listens how the zone changes; with a filter, only what passes it. */
export interface ZoneWatch {
  /** To be called for each version of the zone, in order. */
  publish(delta: ZoneDelta): void;
  /** Answers `/v1/watch`: server-sent events, from the serial in `Last-Event-ID` or `?serial=` on. */
  follow(request: ApiRequest, filter?: ChangeFilter): Reply;
  /** Answers `/v1/changes`: what changed since the serial in `?after=`, once there is something. */
  changes(request: ApiRequest, filter?: ChangeFilter): Reply | Promise<Reply>;
  /** The latest changes, newest first. */
  lastChanges(): readonly ChangeSummary[];
  /** Ends all streams, and all waiting. */
  close(): void;
}

/** What watchers may cost. */
export interface ZoneWatchLimits {
  readonly maxWatchers: number;
  /** Characters of changes kept for those who come back. */
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
  return new Watch(zone, clock, limits);
}

class Watch implements ZoneWatch {
  readonly #zone: Pick<ReadableZone, 'serial'>;
  readonly #clock: Clock;
  readonly #limits: ZoneWatchLimits;
  readonly #streams = new Map<EventStream, ChangeFilter | undefined>();
  readonly #history: ChangeHistory;
  readonly #polls: ChangePolls;
  readonly #changes: ChangeSummary[] = [];
  readonly #heart: ReturnType<typeof heartbeat>;

  constructor(zone: Pick<ReadableZone, 'serial'>, clock: Clock, limits: ZoneWatchLimits) {
    this.#zone = zone;
    this.#clock = clock;
    this.#limits = limits;
    this.#history = new ChangeHistory(limits.historyCharacters);
    this.#polls = new ChangePolls(zone, this.#history, clock);
    this.#heart = heartbeat(clock, () => {
      for (const stream of this.#streams.keys()) sendOrCut(stream, ':\n\n', limits);
    });
  }

  publish(delta: ZoneDelta): void {
    const { from, to, removed, added } = delta;
    this.#changes.unshift(summary(delta, this.#clock.now()));
    this.#changes.length = Math.min(this.#changes.length, CHANGES_KEPT);
    const isTooMuch = removed.length + added.length > this.#limits.maxRrsets;
    const facts = isTooMuch ? undefined : changeFacts(delta);
    const told = { from, to, json: facts && JSON.stringify(facts) };
    this.#history.add(told);
    for (const [stream, filter] of this.#streams) {
      const event = filter && facts ? filteredEvent(facts, filter) : changeEvent(told);
      sendOrCut(stream, event, this.#limits);
    }
    this.#polls.publish(to, facts);
  }

  follow({ query, header }: ApiRequest, filter?: ChangeFilter): Reply {
    if (this.#isFull()) return text(503, 'Too many watchers');
    const since = header('last-event-id') ?? query.get('serial') ?? undefined;
    return { kind: 'events', start: stream => this.#open(stream, since, filter) };
  }

  changes(request: ApiRequest, filter?: ChangeFilter): Reply | Promise<Reply> {
    return this.#isFull() ? text(503, 'Too many watchers') : this.#polls.answer(request, filter);
  }

  lastChanges(): readonly ChangeSummary[] {
    return this.#changes;
  }

  close(): void {
    this.#heart.stop();
    this.#polls.close();
    for (const stream of this.#streams.keys()) stream.end();
  }

  #isFull(): boolean {
    return this.#streams.size + this.#polls.size >= this.#limits.maxWatchers;
  }

  #open(stream: EventStream, since: string | undefined, filter: ChangeFilter | undefined): void {
    if (this.#streams.size === 0) this.#heart.start();
    this.#streams.set(stream, filter);
    stream.onGone(() => {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) this.#heart.stop();
    });
    stream.send(welcome(this.#history, since, this.#zone.serial, filter));
  }
}

/** What somebody at serial `since` has missed; a line without meaning when nothing is known. */
function welcome(
  history: ChangeHistory,
  since: string | undefined,
  now: Serial | undefined,
  filter: ChangeFilter | undefined,
): string {
  if (now === undefined) return ':\n\n';
  if (since === undefined || since === `${now}`) return event('hello', now, { serial: now });
  const missed = history.since(since);
  if (missed === undefined) return resetEvent(now);
  const told = ({ json, ...change }: ToldChange) =>
    filter && json !== undefined
      ? filteredEvent(factsOf(json), filter)
      : changeEvent({ json, ...change });
  return missed.map(told).join('');
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

function changeEvent({ to, json }: ToldChange): string {
  return json === undefined ? resetEvent(to) : `event: delta\nid: ${to}\ndata: ${json}\n\n`;
}

/** An id alone moves on where the client resumes, and is no event to it. */
function filteredEvent(facts: ChangeFacts, filter: ChangeFilter): string {
  const rest = filtered(facts, filter);
  return rest ? event('delta', facts.to, rest) : `id: ${facts.to}\n\n`;
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
