import type { DomainName } from '../dns/index.ts';
import { ADDRESS_ZONES } from './address-names.ts';
import type { NamingRules } from './rules.ts';

/**
 * The domains in which the names of a framework and its tasks are: its own, that of its agents'
 * addresses below `slave`, and with `addressNames` those by whose address it is. Not those of names
 * that labels and places choose. None where its name leaves no labels.
 */
export function frameworkDomains(framework: string, rules: NamingRules): readonly DomainName[] {
  const labels = rules.fragment(framework);
  if (labels === '') return [];
  const zones = ['slave', ...(rules.addressNames ? ADDRESS_ZONES : [])];
  return [labels, ...zones.map(zone => `${labels}.${zone}`)].flatMap(
    text => rules.nameBelow(text) ?? [],
  );
}
