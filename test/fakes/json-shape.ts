/**
 * The shape of JSON: for each place, in which objects of a list count as one place, the keys that
 * are always there and those that are there sometimes, with the types of their values.
 */
export interface JsonShape {
  readonly always: ReadonlySet<string>;
  readonly ever: ReadonlySet<string>;
}

/** Looks at values of one kind. Places that `toPlace` gives one name count as one. */
export function jsonShape(
  values: readonly unknown[],
  toPlace: (place: string) => string = place => place,
): JsonShape {
  const places = new Map<string, Record<string, unknown>[]>();
  for (const value of values) collect(value, '', toPlace, places);
  const always = new Set<string>();
  const ever = new Set<string>();
  for (const [place, objects] of places) {
    for (const key of new Set(objects.flatMap(Object.keys))) {
      const holders = objects.filter(object => object[key] !== undefined);
      for (const { [key]: value } of holders) ever.add(`${place}.${key}: ${typeName(value)}`);
      if (holders.length === objects.length) always.add(`${place}.${key}`);
    }
  }
  return { always, ever };
}

function collect(
  value: unknown,
  place: string,
  toPlace: (place: string) => string,
  places: Map<string, Record<string, unknown>[]>,
): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, `${place}[]`, toPlace, places);
    return;
  }
  const object = value as Record<string, unknown>;
  places.set(place, [...(places.get(place) ?? []), object]);
  for (const [key, inner] of Object.entries(object))
    collect(inner, toPlace(`${place}.${key}`), toPlace, places);
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}
