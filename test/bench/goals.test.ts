import { expect, test } from 'vitest';
import type { BenchResult } from '../../bench/benchmark.ts';
import { GOALS, judge } from '../../bench/goals.ts';

/** A run in which Mesonym answers `ours` queries a second and NSD 100. */
function run(ours: number): ReadonlyMap<string, BenchResult> {
  const figures = { metric: 'qps', unit: 'queries/s' };
  const series = [
    { ...figures, subject: 'mesonym', values: [ours, ours, ours] },
    { ...figures, subject: 'nsd', values: [100, 100, 100] },
  ];
  return new Map([['udp-throughput', { series, notes: [] }]]);
}

test.each([
  { ours: 125, verdict: 'aim' },
  { ours: 110, verdict: 'must' },
  { ours: 100, verdict: 'within' },
  { ours: 90, verdict: 'missed' },
])('$ours where NSD has 100, and 105 is a must: $verdict', ({ ours, verdict }) => {
  const [overNsd] = judge(run(ours));
  expect(overNsd.goal.over).toBe('nsd');
  const ratio = ours / 100;
  expect(overNsd).toMatchObject({ values: [ratio, ratio, ratio], verdict });
});

test('what was not measured is told, not judged', () => {
  expect(judge(run(200)).filter(({ verdict }) => verdict === 'not measured')).toHaveLength(
    GOALS.length - 1,
  );
});

test('every aim is at least as hard as its must', () => {
  for (const { better, must, aim } of GOALS) {
    if (must === undefined) continue;
    if (better === 'more') expect(aim).toBeGreaterThanOrEqual(must);
    else expect(aim).toBeLessThanOrEqual(must);
  }
});
