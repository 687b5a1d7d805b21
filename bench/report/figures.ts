import type { Goal, Verdict } from '../goals.ts';
import { median, spread } from '../measure/statistics.ts';

/** How a verdict is told. */
export const VERDICT_TEXT: Readonly<Record<Verdict['verdict'], string>> = {
  aim: 'aim reached',
  must: 'must reached',
  within: 'short of the must by less than a tenth',
  missed: 'MISSED',
  'below aim': 'below the aim',
  'not measured': 'not measured',
};

/** Median, and the spread where there is more than one round: `262,000 ±3%`. */
export function figureText(values: readonly number[]): string {
  const text = numberText(median(values));
  return values.length > 1 ? `${text} ${spreadText(values)}` : text;
}

/** How far rounds lie apart: `±3%`; beside a median of 0 the most there was. */
export function spreadText(values: readonly number[]): string {
  if (values.length < 2) return '';
  const share = spread(values);
  return Number.isFinite(share)
    ? `±${Math.round(share * 100)}%`
    : `to ${numberText(Math.max(...values))}`;
}

/** Three digits at least, thousands apart: `0.85`, `46.00`, `262,000`. */
export function numberText(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** A must or an aim: `>= 1.05`; nothing where there is none. */
export function limitText({ better }: Goal, limit: number | undefined): string {
  if (limit === undefined) return '';
  return `${better === 'more' ? '>=' : '<='} ${limit.toLocaleString('en-US')}`;
}

/** 100 % is the aim; more is better, whichever way the figure runs. */
export function shareOfAim({ better, aim }: Goal, values: readonly number[]): string {
  const value = median(values);
  const share = better === 'more' ? value / aim : aim / value;
  return Number.isFinite(share) && aim !== 0 ? `${Math.round(share * 100)}%` : '';
}
