/** How many results are remembered; more than the distinct names of a big cluster. */
const MOST = 65_536;

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
  const ask = (a: string, b: string): Value => {
    const before = known.get(a)?.get(b);
    if (before !== undefined) return before;
    if (count >= most) forget();
    const value = make(a, b);
    const row = known.get(a) ?? new Map<string, Value>();
    known.set(a, row.set(b, value));
    count++;
    return value;
  };
  return { ask, forget };
}

/** The same where few pairs are asked for: a list, which is much smaller than maps. */
export function rememberedFew<Value>(make: (a: string, b: string) => Value, most: number) {
  let known: readonly { readonly a: string; readonly b: string; readonly value: Value }[] = [];
  return (a: string, b: string): Value => {
    for (const before of known) if (before.a === a && before.b === b) return before.value;
    const value = make(a, b);
    const kept = known.length < most ? known : [];
    known = kept.concat({ a, b, value });
    return value;
  };
}
