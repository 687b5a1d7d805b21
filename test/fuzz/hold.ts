/** Throws where a law does not hold. Cheaper than `expect`, which would be most of the work. */
export function hold(isHeld: boolean, law: string): void {
  if (!isHeld) throw new Error(`Does not hold: ${law}`);
}
