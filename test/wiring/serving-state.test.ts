import { expect, test } from 'vitest';
import { servingState } from '../../src/wiring/serving-state.ts';

const LIMITS = { staleAfterSeconds: 300, staleTtlCapSeconds: 30 };
const fresh = { hasZone: true, isRecovering: false, ageMs: 0 };

test.each([
  { why: 'nothing was read yet', of: { ...fresh, hasZone: false }, state: { kind: 'starting' } },
  { why: 'the masters confirm it', of: fresh, state: { kind: 'live' } },
  { why: 'it is not yet old', of: { ...fresh, ageMs: 299_999 }, state: { kind: 'live' } },
  {
    why: 'it is old',
    of: { ...fresh, ageMs: 300_000 },
    state: { kind: 'stale', ttlCapSeconds: 30 },
  },
  {
    why: 'it comes from a snapshot alone',
    of: { ...fresh, ageMs: undefined },
    state: { kind: 'stale', ttlCapSeconds: 30 },
  },
  {
    why: 'agents have yet to come back',
    of: { ...fresh, isRecovering: true },
    state: { kind: 'recovering' },
  },
])('the zone is served so where $why', ({ of, state }) => {
  expect(servingState(of, LIMITS)).toEqual(state);
});
