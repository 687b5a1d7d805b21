import { type Backoff, fullJitterBackoff, type World } from '../runtime/index.ts';
import { askMaster } from './ask-master.ts';
import { type Choice, type Chosen, chooseLeader, type Testimony } from './choose-leader.ts';
import type { HostPort } from './cluster-state.ts';
import type { HostNames } from './host-names.ts';
import { isSameHostPort } from './host-port.ts';
import type { LeaderDetector, LeaderReport, MakeLeaderDetector } from './leader-detector.ts';
import type { MasterClient } from './master-client.ts';
import { makePause, type Pause } from './pause.ts';
import { repeat } from './repeat.ts';

/** How often the masters are asked while all is well: a new leader is found within 5 s. */
const ROUND_MS = 4_000;
/** Once a leader has spoken, the others get so long: a hanging master must not delay a new leader. */
const OTHERS_MS = 500;
/**
 * A deposed leader ends itself when its ZooKeeper session does, after 10 s by default. So long after
 * the last word from or for the leader we follow, a claim that looks older is a matter of clocks.
 */
const REMEMBERED_MS = 60_000;
/** How long a round waits for resolvers when masters redirect to a host name. */
const NAMES_MS = 1_000;
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 5_000;

/** What asking the masters needs. */
export interface AskingWorld extends World {
  readonly client: MasterClient;
  readonly names: HostNames;
}

/** Finds the leader by asking all `masters` at once, again and again. Needs no ZooKeeper. */
export function askingDetector(
  masters: readonly HostPort[],
  world: AskingWorld,
): MakeLeaderDetector {
  return onReport => new AskingDetector(masters, world, onReport);
}

class AskingDetector implements LeaderDetector {
  readonly #masters: readonly HostPort[];
  readonly #world: AskingWorld;
  readonly #onReport: (report: LeaderReport) => void;
  readonly #closing = new AbortController();
  readonly #pause: Pause;
  readonly #backoff: Backoff;
  readonly #watching: Promise<void>;
  #followed: Chosen | undefined;
  #followedMs = 0;
  #reported: HostPort | undefined;

  constructor(
    masters: readonly HostPort[],
    world: AskingWorld,
    onReport: (report: LeaderReport) => void,
  ) {
    this.#masters = masters;
    this.#world = world;
    this.#onReport = onReport;
    this.#pause = makePause(world.clock);
    this.#backoff = fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, world.random);
    this.#watching = repeat(() => this.#look(), world, this.#closing.signal);
  }

  doubt(): void {
    this.#pause.end();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#watching;
  }

  /** One round of questions, and the pause after it. */
  async #look(): Promise<void> {
    const { signal } = this.#closing;
    const testimonies = await askAll(this.#masters, this.#world, signal);
    if (signal.aborted) return;
    const choice = chooseLeader(testimonies, this.#remembered());
    if (choice.leader) this.#follow(choice);
    this.#report(choice);
    await this.#pause.wait(choice.leader ? ROUND_MS : this.#backoff.next(), signal);
  }

  #remembered(): Chosen | undefined {
    const isRecent = this.#world.clock.monotonic() < this.#followedMs + REMEMBERED_MS;
    return isRecent ? this.#followed : undefined;
  }

  #follow({ leader, electedSeconds }: Chosen): void {
    const knownSeconds = electedSeconds ?? this.#remembered()?.electedSeconds;
    this.#followed = { leader, electedSeconds: knownSeconds };
    this.#followedMs = this.#world.clock.monotonic();
    this.#backoff.reset();
  }

  #report(choice: Choice): void {
    if (choice.leader && isSameHostPort(this.#reported, choice.leader)) return;
    this.#onReport({ ...choice, masters: this.#masters });
    this.#reported = choice.leader; // Once it has been taken.
  }
}

/** Asks every master; when one has claimed to lead, the rest have little time left. */
async function askAll(
  masters: readonly HostPort[],
  world: AskingWorld,
  closing: AbortSignal,
): Promise<readonly Testimony[]> {
  const { clock, client, names } = world;
  const late = new AbortController();
  const signal = AbortSignal.any([late.signal, closing]);
  let cancel = () => {};
  const ask = async (master: HostPort): Promise<Testimony> => {
    const answer = await askMaster(client, master, signal);
    if (answer.kind === 'leads') {
      cancel();
      cancel = clock.after(OTHERS_MS, () => late.abort());
      names.learn(answer.self.advertised.host, answer.self.address.host);
    }
    return { master, answer };
  };
  const testimonies = await Promise.all(masters.map(ask));
  cancel();
  if (testimonies.some(({ answer }) => answer.kind === 'leads')) return testimonies;
  return withAddresses(testimonies, masters, world, closing);
}

/** A redirect to a host name is a redirect to the master at that address, where we know one. */
async function withAddresses(
  testimonies: readonly Testimony[],
  masters: readonly HostPort[],
  { clock, names }: AskingWorld,
  closing: AbortSignal,
): Promise<readonly Testimony[]> {
  const isMaster = (place: HostPort) => masters.some(one => isSameHostPort(one, place));
  const late = new AbortController();
  const cancel = clock.after(NAMES_MS, () => late.abort());
  const signal = AbortSignal.any([late.signal, closing]);
  const resolved = testimonies.map(async ({ master, answer }) => {
    if (answer.kind !== 'points' || isMaster(answer.to)) return { master, answer };
    const { host, port } = answer.to;
    const places = (await names.resolve(host, signal)).map(address => ({ host: address, port }));
    const to = places.find(isMaster) ?? places[0] ?? answer.to;
    return { master, answer: { ...answer, to } };
  });
  const all = await Promise.all(resolved);
  cancel();
  return all;
}
