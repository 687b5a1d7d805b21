import type { ServiceFacts } from '../records/index.ts';
import type { Clock } from '../runtime/index.ts';

/** Answers `/v1/catalog?search=TEXT&offset=N&limit=N`: the services whose name holds the text. */
export type Catalog = (query: URLSearchParams) => unknown;

const MOST_SERVICES = 200;
const MOST_INSTANCES = 20;
/** How long a list of services is good for: typing in a search field asks for many. */
const LIST_LIFE_MS = 1000;

/** `services` makes the list anew; of 100,000 tasks that takes a good tenth of a second. */
export function catalog(services: () => Iterable<ServiceFacts>, clock: Clock): Catalog {
  let list: readonly ServiceFacts[] = [];
  let goodUntil = Number.NEGATIVE_INFINITY;
  return query => {
    if (clock.monotonic() >= goodUntil) {
      list = [...services()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
      goodUntil = clock.monotonic() + LIST_LIFE_MS;
    }
    const search = (query.get('search') ?? '').trim().toLowerCase();
    const found = search === '' ? list : list.filter(service => isFound(service, search));
    const offset = integer(query.get('offset'), 0, list.length);
    const limit = integer(query.get('limit'), 50, MOST_SERVICES);
    return {
      total: list.length,
      found: found.length,
      offset,
      services: found.slice(offset, offset + limit).map(entry),
    };
  };
}

function isFound({ name, framework }: ServiceFacts, search: string): boolean {
  return name.includes(search) || framework.toLowerCase().includes(search);
}

function entry({ name, framework, instanceCount, instances }: ServiceFacts) {
  return { name, framework, instanceCount, instances: instances().slice(0, MOST_INSTANCES) };
}

/** A whole number from 0 to `most`; `fallback` for anything else. */
function integer(text: string | null, fallback: number, most: number): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Math.min(Number(text), most) : fallback;
}
