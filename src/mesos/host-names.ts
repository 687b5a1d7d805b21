import { isIP } from 'node:net';
import { type Clock, sleep } from '../runtime/index.ts';
import type { Resolve } from './connector.ts';

/** Asks the configured resolvers, never ourselves, for the addresses of a host name. */
export type HostLookup = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** What knowing host names needs. */
export interface HostNamesOptions {
  readonly lookup: HostLookup;
  readonly clock: Clock;
  /** Names in the configuration: always known, and not changed by what a master calls itself. */
  readonly configured: readonly string[];
  /** Called when an address of a kept name has changed. */
  readonly onChange: () => void;
}

/** Names without an address are looked up again after one turn, all others after six. */
const TURN_MS = 10_000;
const REFRESH_TURNS = 6;
const LOOKUP_MS = 5_000;
/** Look-ups under way at once. */
const MAX_LOOKUPS = 16;

/** The host names in pids and masters, and what they stand for. Nothing here waits but `resolve`. */
export class HostNames {
  readonly #options: HostNamesOptions;
  readonly #closing = new AbortController();
  readonly #configured: ReadonlySet<string>;
  /** What masters call themselves. */
  readonly #learnt = new Map<string, readonly string[]>();
  readonly #found = new Map<string, readonly string[]>();
  readonly #underWay = new Map<string, Promise<readonly string[]>>();
  #kept: ReadonlySet<string>;

  constructor(options: HostNamesOptions) {
    this.#options = options;
    this.#configured = new Set(options.configured.filter(name => isIP(name) === 0));
    this.#kept = this.#configured;
    void this.#refreshOften();
  }

  /** Known addresses at once, or one look-up. Never rejects: a name nobody knows has none. */
  readonly resolve: Resolve = async (name, signal) => {
    const known = this.#known(name);
    return known ?? (await Promise.race([this.#ask(name), nothingOnAbort(signal)]));
  };

  /** Keeps these names known from now on, beside those configured; `onChange` tells what is found. */
  keep(names: ReadonlySet<string>): void {
    const fresh = [...names].filter(name => !this.#kept.has(name));
    this.#kept = new Set([...names, ...this.#configured]);
    void this.#refresh(fresh.filter(name => !this.#known(name)));
  }

  /** A master says that this name is its own: better than any look-up, which we may have to answer. */
  learn(name: string, address: string): void {
    if (isIP(name) !== 0 || isIP(address) === 0 || this.#configured.has(name)) return;
    this.#note(this.#learnt, name, [address]);
  }

  /** The addresses of the names kept, as far as they are known now. */
  known(): ReadonlyMap<string, readonly string[]> {
    const pairs = [...this.#kept].map(name => [name, this.#known(name)] as const);
    return new Map(pairs.flatMap(([name, known]) => (known ? [[name, known] as const] : [])));
  }

  close(): void {
    this.#closing.abort();
  }

  /** Addresses themselves, `localhost` (RFC 6761 section 6.3), names learnt, names looked up. */
  #known(name: string): readonly string[] | undefined {
    if (isIP(name) !== 0) return [name];
    if (name === 'localhost') return ['127.0.0.1', '::1'];
    return this.#learnt.get(name) ?? this.#found.get(name);
  }

  #ask(name: string): Promise<readonly string[]> {
    const underWay = this.#underWay.get(name);
    if (underWay) return underWay;
    const asked = this.#lookUp(name).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, asked);
    return asked;
  }

  async #lookUp(name: string): Promise<readonly string[]> {
    const late = new AbortController();
    const cancel = this.#options.clock.after(LOOKUP_MS, () => late.abort());
    try {
      const signal = AbortSignal.any([late.signal, this.#closing.signal]);
      const addresses = await this.#options.lookup(name, signal);
      const sorted = addresses.filter(text => isIP(text) !== 0).toSorted();
      if (sorted.length > 0) this.#note(this.#found, name, sorted);
    } catch {
      // The addresses known before stay: a resolver that is away takes nothing from us.
    } finally {
      cancel();
    }
    return this.#found.get(name) ?? [];
  }

  #note(into: Map<string, readonly string[]>, name: string, addresses: readonly string[]): void {
    const isNew = into.get(name)?.join() !== addresses.join();
    into.set(name, addresses);
    if (isNew && this.#kept.has(name)) this.#options.onChange();
  }

  async #refresh(names: Iterable<string>): Promise<void> {
    const queue = names[Symbol.iterator]();
    const worker = async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) await this.#ask(next.value);
    };
    await Promise.all(Array.from({ length: MAX_LOOKUPS }, worker));
  }

  async #refreshOften(): Promise<void> {
    const { signal } = this.#closing;
    await this.#refresh(this.#configured);
    for (let turn = 1; !signal.aborted; turn++) {
      await sleep(this.#options.clock, TURN_MS, signal);
      const isFull = turn % REFRESH_TURNS === 0;
      if (isFull) this.#forget();
      const names = [...this.#kept].filter(name => !this.#learnt.has(name));
      await this.#refresh(isFull ? names : names.filter(name => !this.#known(name)));
    }
  }

  /** Names that are not kept were asked for by a redirect, and are asked for anew. */
  #forget(): void {
    for (const name of this.#found.keys()) if (!this.#kept.has(name)) this.#found.delete(name);
  }
}

function nothingOnAbort(signal: AbortSignal | undefined): Promise<readonly string[]> {
  return new Promise(resolve => {
    if (signal?.aborted) resolve([]);
    signal?.addEventListener('abort', () => resolve([]), { once: true });
  });
}
