/**
 * The candidate nearest to `text`, letter case ignored; undefined when none is near enough to be
 * meant: at most a third of the letters differ.
 */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.floor(Math.max(lower.length, 3) / 3) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * How many letters have to be added, dropped, changed or swapped with their neighbour to make `b`
 * of `a` (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        rows[row - 1][column] + 1,
        current[column - 1] + 1,
        rows[row - 1][column - 1] + (isSame ? 0 : 1),
        isSwap ? rows[row - 2][column - 2] + 1 : Infinity,
      );
    }
    rows.push(current);
  }
  return rows[a.length][b.length];
}
