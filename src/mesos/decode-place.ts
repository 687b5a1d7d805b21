import type { Agent, FaultDomain } from './cluster-state.ts';
import { asObject, field } from './json-fields.ts';

/** Longer texts name no place. */
const MOST_CHARACTERS = 255;

/**
 * An agent's fault domain, `{"domain": {"fault_domain": {"region": {"name": …}, "zone": {"name": …}}}}`
 * in `/state` as in v1. Undefined without one; one of another form counts as none, since no name or
 * address depends on it.
 */
export function decodeFaultDomain(agent: unknown): FaultDomain | undefined {
  const found = field(field(agent, 'domain'), 'fault_domain');
  const region = placeText(field(field(found, 'region'), 'name'));
  const zone = placeText(field(field(found, 'zone'), 'name'));
  return region === undefined || zone === undefined ? undefined : { region, zone };
}

/**
 * The attributes of type TEXT: `{"rack": "r1"}` in `/state`, `[{"name": "rack", "text": {"value":
 * "r1"}}]` in v1. `/state` writes ranges and sets as texts, too; they come along.
 */
export function decodeAttributes(attributes: unknown): Agent['attributes'] {
  const pairs = Array.isArray(attributes)
    ? attributes.map(entry => [field(entry, 'name'), field(field(entry, 'text'), 'value')])
    : Object.entries(asObject(attributes) ?? {});
  return pairs.flatMap(([name, value]) => {
    const [key, text] = [placeText(name), placeText(value)];
    return key === undefined || text === undefined ? [] : [[key, text] as const];
  });
}

function placeText(value: unknown): string | undefined {
  const isText = typeof value === 'string' && value !== '' && value.length <= MOST_CHARACTERS;
  return isText ? value : undefined;
}
