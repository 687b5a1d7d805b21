import type { MasterAnswer } from './ask-master.ts';
import type { HostPort } from './cluster-state.ts';
import { isSameHostPort } from './host-port.ts';
import type { MasterFault } from './master-error.ts';

/** A master that was asked, and what it said; redirects with their host made an address if known. */
export interface Testimony {
  readonly master: HostPort;
  readonly answer: MasterAnswer;
}

/** A master that is taken for the leader. */
export interface Chosen {
  readonly leader: HostPort;
  /** When it was elected, by its own clock; undefined when only others speak of it. */
  readonly electedSeconds: number | undefined;
}

/** The outcome of a round of questions. */
export type Choice =
  | Chosen
  | { readonly leader: undefined; readonly fault: MasterFault; readonly reason: string };

interface Candidate extends Chosen {
  readonly isClaimed: boolean;
  readonly votes: number;
  /** For comparing claims: seconds of election, or beyond all for one that has just been elected. */
  readonly youth: number;
}

/**
 * Who leads, from what all masters said at one moment.
 *
 * Of masters that claim to lead, the youngest elected does: an older one has been deposed and not
 * noticed. A claim loses against a leader that most masters name, unless it is younger than the
 * one followed `before`; and it never brings back an older leader, unless most masters name it
 * (then a clock is wrong). Without claims, most redirects win, then the leader `before`; where
 * nobody says anything about leaders, a master that answers at all is worth a try.
 */
export function chooseLeader(
  testimonies: readonly Testimony[],
  before: Chosen | undefined,
): Choice {
  const found = candidates(testimonies);
  const hasMost = ({ votes }: Candidate) => votes * 2 > testimonies.length;
  const claim = found.filter(({ isClaimed }) => isClaimed).toSorted(byYouth)[0];
  const named = found.filter(({ isClaimed }) => !isClaimed).toSorted(byVotes(before))[0];
  const known = before?.electedSeconds ?? Number.NaN;
  if (claim && (hasMost(claim) || claim.youth > known)) return claim;
  if (named && (hasMost(named) || !claim)) return named;
  if (claim && !(claim.youth < known)) return claim;
  const mute = testimonies.find(({ answer }) => answer.kind === 'mute');
  if (mute && found.length === 0) return { leader: mute.master, electedSeconds: undefined };
  return { leader: undefined, ...commonFault(testimonies) };
}

function candidates(testimonies: readonly Testimony[]): Candidate[] {
  const claims = testimonies.flatMap(claimOf);
  const pointed = testimonies.flatMap(({ answer }) =>
    answer.kind === 'points' ? [answer.to] : [],
  );
  const claimed = claims.map(({ names, ...claim }) => ({
    ...claim,
    votes: 1 + pointed.filter(to => isAmong(names, to)).length,
  }));
  const others = pointed.filter(to => !claims.some(({ names }) => isAmong(names, to)));
  const distinct = others.filter(
    (to, at) => others.findIndex(one => isSameHostPort(one, to)) === at,
  );
  const named = distinct.map(leader => ({
    leader,
    electedSeconds: undefined,
    youth: 0,
    isClaimed: false,
    votes: others.filter(to => isSameHostPort(to, leader)).length,
  }));
  return [...claimed, ...named];
}

/** A leader is asked where it answered, which may differ from what it calls itself. */
function claimOf({ master, answer }: Testimony) {
  const claim = { leader: master, isClaimed: true } as const;
  if (answer.kind === 'recovers') {
    return [{ ...claim, names: [master], electedSeconds: undefined, youth: Number.MAX_VALUE }];
  }
  if (answer.kind !== 'leads') return [];
  const { self, electedSeconds } = answer;
  const names = [master, self.address, self.advertised];
  return [{ ...claim, names, electedSeconds, youth: electedSeconds ?? 0 }];
}

function byYouth(one: Candidate, other: Candidate): number {
  return other.youth - one.youth || other.votes - one.votes;
}

function byVotes(before: Chosen | undefined) {
  const rank = (one: Candidate) =>
    one.votes + (isSameHostPort(one.leader, before?.leader) ? 0.5 : 0);
  return (one: Candidate, other: Candidate) => rank(other) - rank(one);
}

function isAmong(places: readonly HostPort[], place: HostPort): boolean {
  return places.some(one => isSameHostPort(one, place));
}

/** The reason to give when nobody leads: what a master said, rather than that some are silent. */
function commonFault(testimonies: readonly Testimony[]) {
  const silent = testimonies.flatMap(({ answer }) => (answer.kind === 'silent' ? answer : []));
  if (silent.length === testimonies.length && silent.length > 0) return silent[0];
  return { fault: 'no-leader', reason: 'No master knows who leads' } as const;
}
