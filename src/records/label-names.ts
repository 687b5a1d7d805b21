import { type DomainName, isAtOrBelow } from '../dns/index.ts';
import { publishedName } from './published-name.ts';
import type { NamingRules } from './rules.ts';

/** A task can have so many names by label; they are its framework's to choose. */
const MOST_NAMES = 16;

/** Labels of letters, digits and hyphens, and a final dot perhaps: what host names are made of. */
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?)+$/;

/** What the value of the label that `aliasLabel` names asks for. */
export interface LabelNames {
  readonly names: readonly DomainName[];
  /** What is no host name below the domain, or one too many. */
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
    else if (text !== '') unusable.push(text);
  }
  return { names: [...names], unusable };
}

function labelName(text: string, framework: string, rules: NamingRules): DomainName | undefined {
  const lower = text.toLowerCase();
  if (!HOST_NAME.test(lower)) return undefined;
  if (!lower.endsWith('.')) return rules.nameBelow(`${lower}.${framework}`);
  const name = publishedName(lower);
  return name && name !== rules.domain && isAtOrBelow(name, rules.domain) ? name : undefined;
}
