import { describe, expect, test } from 'vitest';
import type { MasterAnswer } from '../../src/mesos/ask-master.ts';
import { type Chosen, chooseLeader } from '../../src/mesos/choose-leader.ts';
import { parseHostPort } from '../../src/mesos/host-port.ts';

const place = (text: string) => parseHostPort(`${text}:5050`)!; // The texts below are good.
const leads = (self: string, electedSeconds?: number, advertised = self): MasterAnswer => ({
  kind: 'leads',
  self: { address: place(self), advertised: place(advertised) },
  electedSeconds,
});
const points = (to: string): MasterAnswer => ({ kind: 'points', to: place(to) });
const nobody: MasterAnswer = { kind: 'nobody' };
const silent: MasterAnswer = { kind: 'silent', fault: 'timeout', reason: 'too slow' };
const recovers: MasterAnswer = { kind: 'recovers' };
const before = (leader: string, electedSeconds?: number): Chosen => ({
  leader: place(leader),
  electedSeconds,
});

interface Case {
  readonly why: string;
  /** What masters a, b and c say. */
  readonly said: readonly MasterAnswer[];
  readonly before?: Chosen;
  readonly leader: string | undefined;
}

const cases: readonly Case[] = [
  {
    why: 'one claims, the others point at it',
    said: [points('b'), leads('b', 9), points('b')],
    leader: 'b',
  },
  { why: 'one claims, the others are silent', said: [silent, leads('b', 9), silent], leader: 'b' },
  {
    why: 'a leader known to others by its own name only is asked where it answered',
    said: [points('b.mesos'), leads('10.0.0.2', 9, 'b.mesos'), points('b.mesos')],
    leader: 'b',
  },
  {
    why: 'the leader hangs: the others still point at it',
    said: [silent, points('a'), points('a')],
    leader: 'a',
  },
  { why: 'nobody leads', said: [nobody, nobody, silent], leader: undefined },
  { why: 'nobody answers', said: [silent, silent, silent], leader: undefined },
  {
    why: 'two claim: the younger leads',
    said: [leads('a', 5), leads('b', 9), points('a')],
    leader: 'b',
  },
  {
    why: 'a cut-off leader still claims, the others name another one that we cannot reach',
    said: [leads('a', 5), points('d'), points('d')],
    before: before('a', 5),
    leader: 'd',
  },
  {
    why: 'a newly elected one claims, the others have not heard of it',
    said: [leads('a', 9), points('b'), points('b')],
    before: before('b', 5),
    leader: 'a',
  },
  {
    why: 'one that recovers is the youngest of all',
    said: [recovers, leads('b', 9), points('b')],
    before: before('b', 9),
    leader: 'a',
  },
  {
    why: 'never back to an older leader while the younger is silent',
    said: [leads('a', 5), silent, silent],
    before: before('b', 9),
    leader: undefined,
  },
  {
    why: 'back to one with an older time if most name it: a clock is wrong',
    said: [leads('a', 5), silent, points('a')],
    before: before('b', 9),
    leader: 'a',
  },
  {
    why: 'old masters without GET_MASTER: most redirects',
    said: [points('b'), points('b'), points('c')],
    leader: 'b',
  },
  {
    why: 'old masters without a leader point at themselves: the last leader is as good as any',
    said: [points('a'), points('b'), points('c')],
    before: before('c'),
    leader: 'c',
  },
  {
    why: 'a master that gives only its state is worth a try',
    said: [silent, { kind: 'mute' }, silent],
    leader: 'b',
  },
  { why: 'a follower alone', said: [points('d')], leader: 'd' },
];

describe('chooseLeader', () => {
  test.each(cases)('$why', ({ said, before: followed, leader }) => {
    const testimonies = said.map((answer, at) => ({ master: place('abc'[at]), answer }));
    const choice = chooseLeader(testimonies, followed);
    expect(choice.leader?.host).toBe(leader);
  });

  test('says why nobody leads', () => {
    const say = (...said: readonly MasterAnswer[]) =>
      chooseLeader(
        said.map((answer, at) => ({ master: place('abc'[at]), answer })),
        undefined,
      );
    expect(say(nobody, silent)).toMatchObject({ fault: 'no-leader' });
    expect(say(silent, silent)).toMatchObject({ fault: 'timeout', reason: 'too slow' });
  });
});
