import { type Config, namingOptions } from '../config/index.ts';
import { type DomainName, isAtOrBelow, nameIn } from '../dns/index.ts';
import { frameworkDomains, namingRules } from '../records/index.ts';
import type { View } from '../server/index.ts';

/** More masters than any cluster has. */
const MASTERS = Array.from({ length: 10 }, (_, index) => `master${index}`);
/** What everybody may know of the cluster, and the names on the way there. */
const COMMON = ['leader', 'master', ...MASTERS, 'slave', '_tcp', '_udp'];
const COMMON_SERVICES = ['_leader._tcp', '_leader._udp', '_slave._tcp'];

/** The views of the config: what belongs to a view's frameworks, and what all may see. */
export function viewsOf(config: Config): readonly View[] {
  const { domain, views, SOAMname, secondaries } = config;
  const below = (text: string) => nameIn(domain, text) ?? [];
  const servers = [SOAMname, ...secondaries.flatMap(({ name }) => name ?? [])];
  const rules = namingRules(namingOptions(config));
  const common = [domain, ...servers, ...[...COMMON, ...COMMON_SERVICES].flatMap(below)];
  return views.map(({ clients, frameworks, names }) => {
    const domains = [
      ...frameworks.flatMap(framework => frameworkDomains(framework, rules)),
      ...names.flatMap(below),
    ];
    return { networks: clients, domains, names: [...common, ...parents(domains, domain)] };
  });
}

/** The names between the domain and those below it: who minimises queries asks for them. */
function parents(names: readonly DomainName[], domain: DomainName): readonly DomainName[] {
  return names.flatMap(name => {
    const found: DomainName[] = [];
    for (let at = name.indexOf('.') + 1; at < name.length; at = name.indexOf('.', at) + 1) {
      const parent = name.slice(at) as DomainName;
      if (parent !== domain && isAtOrBelow(parent, domain)) found.push(parent);
    }
    return found;
  });
}
