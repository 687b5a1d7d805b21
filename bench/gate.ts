import type { Verdict } from './goals.ts';
import { median } from './measure/statistics.ts';
import { limitText, numberText, VERDICT_TEXT } from './report/figures.ts';

/**
 * Why the gate is shut, a line a goal: none of the goals of these benchmarks may be missed by more than
 * a tenth, and none may be left unmeasured, which would prove nothing. Empty when it is open.
 */
export function gateFaults(
  verdicts: readonly Verdict[],
  benchmarks: ReadonlySet<string>,
): readonly string[] {
  return verdicts
    .filter(({ goal }) => benchmarks.has(goal.benchmark))
    .filter(({ verdict }) => verdict === 'missed' || verdict === 'not measured')
    .map(({ goal, values, verdict }) => {
      const figures = `${numberText(median(values))}, must be ${limitText(goal, goal.must)}`;
      const more = verdict === 'missed' ? ` (${figures})` : '';
      return `The gate is shut: ${goal.text}: ${VERDICT_TEXT[verdict]}${more}`;
    });
}
