/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Half the distance between least and most, as a share of the median: 0.05 reads as 5 %. Infinite
 * where the median is 0 and not all values are.
 */
export function spread(values: readonly number[]): number {
  const distance = Math.max(...values) - Math.min(...values);
  return distance === 0 ? 0 : distance / 2 / median(values);
}

/** The value below which `share` (0 to 1) of all lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/**
 * The ratio of each round. A round's two values were measured moments apart, so what slows the
 * machine for a while falls out.
 */
export function roundRatios(values: readonly number[], references: readonly number[]): number[] {
  const rounds = Math.min(values.length, references.length);
  return Array.from({ length: rounds }, (_, round) => values[round] / references[round]);
}
