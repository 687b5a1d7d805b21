import { isIP } from 'node:net';
import { type Clock, sleep } from '../runtime/index.ts';
import type { Resolve } from './connector.ts';

/** Asks the configured resolvers, never ourselves, for the addresses of a host name. */
export type HostLookup = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** The host names in pids and masters, and what they stand for. Nothing here waits but `resolve`. */
export interface HostNames {
  /** Known addresses at once, or one look-up. Never rejects: a name nobody knows has none. */
  readonly resolve: Resolve;
  /** Keeps these names known from now on, and no others; `onChange` tells what is found. */
  keep(names: ReadonlySet<string>): void;
  /** A master says that this name is its own: better than any look-up, which we may have to answer. */
  learn(name: string, address: string): void;
  /** The addresses of the names kept, as far as they are known now. */
  known(): ReadonlyMap<string, readonly string[]>;
  close(): void;
}

/** How often a kept name is looked up again. */
const REFRESH_MS = 60_000;
const LOOKUP_MS = 5_000;
/** Look-ups under way at once. */
const MAX_LOOKUPS = 16;

/**
 * @param configured Names in the configuration: what a master calls itself does not change them.
 * @param onChange Called when an address of a kept name has changed.
 */
export function makeHostNames(
  lookup: HostLookup,
  clock: Clock,
  configured: ReadonlySet<string>,
  onChange: () => void,
): HostNames {
  const closing = new AbortController();
  const learnt = new Map<string, readonly string[]>();
  const found = new Map<string, readonly string[]>();
  const underWay = new Map<string, Promise<readonly string[]>>();
  let kept: ReadonlySet<string> = new Set();

  const ask = async (name: string): Promise<readonly string[]> => {
    const late = new AbortController();
    const cancel = clock.after(LOOKUP_MS, () => late.abort());
    try {
      const addresses = await lookup(name, AbortSignal.any([late.signal, closing.signal]));
      const sorted = addresses.filter(text => isIP(text) !== 0).toSorted();
      if (sorted.length > 0) note(name, sorted);
    } catch {
      // The addresses known before stay: a resolver that is away takes nothing from us.
    } finally {
      cancel();
      underWay.delete(name);
    }
    return found.get(name) ?? [];
  };
  const note = (name: string, addresses: readonly string[]) => {
    const isNew = found.get(name)?.join() !== addresses.join();
    found.set(name, addresses);
    if (isNew && kept.has(name)) onChange();
  };
  const askOnce = (name: string) => {
    const asked = underWay.get(name) ?? ask(name);
    underWay.set(name, asked);
    return asked;
  };
  const refresh = async (names: Iterable<string>) => {
    const queue = names[Symbol.iterator]();
    const worker = async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) await askOnce(next.value);
    };
    await Promise.all(Array.from({ length: MAX_LOOKUPS }, worker));
  };
  const refreshOften = async () => {
    while (!closing.signal.aborted) {
      await sleep(clock, REFRESH_MS, closing.signal);
      await refresh([...kept].filter(name => addressesAtOnce(name, learnt) === undefined));
    }
  };
  void refreshOften();

  return {
    resolve: async (name, signal) => {
      const known = addressesAtOnce(name, learnt) ?? found.get(name);
      return known ?? (await Promise.race([askOnce(name), nothingOnAbort(signal)]));
    },
    keep: names => {
      const fresh = [...names].filter(name => !kept.has(name) && !found.has(name));
      kept = names;
      void refresh(fresh.filter(name => addressesAtOnce(name, learnt) === undefined));
    },
    learn: (name, address) => {
      if (isIP(name) !== 0 || isIP(address) === 0 || configured.has(name)) return;
      const isNew = learnt.get(name)?.[0] !== address;
      learnt.set(name, [address]);
      if (isNew && kept.has(name)) onChange();
    },
    known: () => {
      const pairs = [...kept].map(
        name => [name, addressesAtOnce(name, learnt) ?? found.get(name)] as const,
      );
      return new Map(pairs.flatMap(([name, known]) => (known ? [[name, known] as const] : [])));
    },
    close: () => closing.abort(),
  };
}

/** Those that need no look-up: addresses themselves, `localhost` (RFC 6761 section 6.3), names learnt. */
function addressesAtOnce(
  name: string,
  learnt: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  if (isIP(name) !== 0) return [name];
  if (name === 'localhost') return ['127.0.0.1', '::1'];
  return learnt.get(name);
}

function nothingOnAbort(signal: AbortSignal | undefined): Promise<readonly string[]> {
  return new Promise(resolve => {
    if (signal?.aborted) resolve([]);
    signal?.addEventListener('abort', () => resolve([]), { once: true });
  });
}
