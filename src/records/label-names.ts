import { type DomainName, isAtOrBelow, MAX_NAME_OCTETS } from '../dns/index.ts';
import { publishedName } from './published-name.ts';
import type { NamingRules } from './rules.ts';

/** A task can have so many names by label; they are its framework's to choose. */
const MOST_NAMES = 16;

/** Without the root's octet: a name on the wire has one octet more than its text with a final dot. */
const MOST_CHARACTERS = MAX_NAME_OCTETS - 1;

/**
 * Letters, digits and hyphens, none of these at an end. For one label at a time: an expression for a
 * whole name tries a long one in so many ways that a task's label could stop the server.
 */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** What the value of the label that `aliasLabel` names asks for. */
export interface LabelNames {
  readonly names: readonly DomainName[];
  /** What is no host name below the domain, or one too many; as many as there may be names. */
  readonly unusable: readonly string[];
}

/**
 * The names in a label, separated by commas: `www` is `www.fw.domain.`, in the zone of the task's
 * framework; one that ends in a dot, `www.mesos.`, stands as it is and must be below the domain.
 */
export function labelNames(value: string, framework: string, rules: NamingRules): LabelNames {
  const names = new Set<DomainName>();
  const unusable: string[] = [];
  for (const text of value.split(',').map(part => part.trim())) {
    const name = names.size < MOST_NAMES ? labelName(text, framework, rules) : undefined;
    if (name) names.add(name);
    else if (text !== '' && unusable.length < MOST_NAMES) unusable.push(text);
  }
  return { names: [...names], unusable };
}

function labelName(text: string, framework: string, rules: NamingRules): DomainName | undefined {
  const lower = text.toLowerCase();
  if (!isHostName(lower)) return undefined;
  if (!lower.endsWith('.')) return rules.nameBelow(`${lower}.${framework}`);
  const name = publishedName(lower);
  return name && name !== rules.domain && isAtOrBelow(name, rules.domain) ? name : undefined;
}

/** Labels joined by dots, and a final dot perhaps. */
function isHostName(text: string): boolean {
  if (text.length > MOST_CHARACTERS) return false;
  const bare = text.endsWith('.') ? text.slice(0, -1) : text;
  return bare.split('.').every(label => HOST_LABEL.test(label));
}
