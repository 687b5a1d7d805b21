import type { DomainName } from '../dns/index.ts';
import type { Task } from '../mesos/index.ts';
import type { NamingRules } from './rules.ts';

/**
 * The name with groups as sub-domains: Marathon's app `/shop/eu/web`, whose tasks are called
 * `web.eu.shop`, has `web.eu.shop.fw.domain.`. Undefined for a task without a group.
 */
export function groupName(
  { discovery, name }: Task,
  framework: string,
  rules: NamingRules,
): DomainName | undefined {
  const parts = (discovery?.name ?? name).split('.').map(part => rules.label(part));
  const labels = parts.filter(part => part !== '');
  return labels.length > 1 ? rules.nameBelow(`${labels.join('.')}.${framework}`) : undefined;
}
