/** How many results are remembered; more than the distinct names of a big cluster. */
const MOST = 32_768;

/** `make`, asked once for each text; forgets everything when it holds `most` of them. */
export function remembered<Value>(make: (text: string) => Value, most = MOST) {
  const known = new Map<string, Value>();
  return (text: string): Value => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= most) known.clear();
    const value = make(text);
    known.set(text, value);
    return value;
  };
}

/** The same for two texts, without joining them: hashing a long text anew each time costs more. */
export function rememberedPairs<Value>(make: (a: string, b: string) => Value, most = MOST) {
  const known = new Map<string, Map<string, Value>>();
  let count = 0;
  const forget = () => {
    known.clear();
    count = 0;
  };
  return (a: string, b: string): Value => {
    const before = known.get(a)?.get(b);
    if (before !== undefined) return before;
    if (count >= most) forget();
    const value = make(a, b);
    const row = known.get(a) ?? new Map<string, Value>();
    known.set(a, row.set(b, value));
    count++;
    return value;
  };
}
