import { type Clock, fullJitterBackoff, type Random } from '../runtime/index.ts';
import { askMaster } from './ask-master.ts';
import { type Chosen, chooseLeader, type Testimony } from './choose-leader.ts';
import type { HostPort } from './cluster-state.ts';
import type { HostNames } from './host-names.ts';
import { isSameHostPort } from './host-port.ts';
import type { LeaderDetector, LeaderReport, MakeLeaderDetector } from './leader-detector.ts';
import type { MasterClient } from './master-client.ts';
import { makePause } from './pause.ts';

/** How often the masters are asked while all is well: a new leader is found within 5 s. */
const ROUND_MS = 4_000;
/** Once a leader has spoken, the others get so long: a hanging master must not delay a new leader. */
const OTHERS_MS = 500;
/** How long a round waits for resolvers when masters redirect to a host name. */
const NAMES_MS = 1_000;
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 5_000;

export interface AskingWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly client: MasterClient;
  readonly names: HostNames;
}

/** Finds the leader by asking all `masters` at once, again and again. Needs no ZooKeeper. */
export function askingDetector(
  masters: readonly HostPort[],
  world: AskingWorld,
): MakeLeaderDetector {
  return onReport => {
    const { clock, random } = world;
    const closing = new AbortController();
    const pause = makePause(clock);
    const backoff = fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, random);
    let followed: Chosen | undefined;
    let reported: LeaderReport | undefined;

    const look = async () => {
      const choice = chooseLeader(await askAll(masters, world, closing.signal), followed);
      if (closing.signal.aborted) return;
      if (choice.leader) {
        followed = { ...choice, electedSeconds: choice.electedSeconds ?? followed?.electedSeconds };
        backoff.reset();
      }
      const fault = choice.leader ? undefined : choice.fault;
      const isNews =
        !reported || !isSameHostPort(reported.leader, choice.leader) || reported.fault !== fault;
      reported = { leader: choice.leader, masters, fault };
      if (isNews) onReport(reported);
    };
    const watch = async () => {
      while (!closing.signal.aborted) {
        await look();
        await pause.wait(reported?.leader ? ROUND_MS : backoff.next(), closing.signal);
      }
    };
    const watching = watch();
    const detector: LeaderDetector = {
      doubt: () => pause.end(),
      close: async () => {
        closing.abort();
        await watching;
      },
    };
    return detector;
  };
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
