import type { DomainName } from '../dns/index.ts';
import { fragment, label } from './label.ts';
import { publishedName } from './published-name.ts';

/** Where a task's addresses may come from; the names are those of the config field `IPSources`. */
export type IpSource = 'host' | 'docker' | 'mesos' | 'netinfo';

/** What of the config decides about names and records. */
export interface NamingOptions {
  /** The zone's origin; every name is below it. */
  readonly domain: DomainName;
  /** The first source that gives an address wins. */
  readonly ipSources: readonly IpSource[];
  /** Labels as RFC 952 wants them: 24 octets, beginning with a letter. */
  readonly enforceRfc952: boolean;
  /** The weight of every SRV record, 0 to 65535; the priority is always 0. */
  readonly srvWeight: number;
  /** The zone's primary name server, `SOAMname`. */
  readonly nameServer: DomainName;
}

/** The options with the functions that follow from them. Results are remembered, so that equal names share one string. */
export interface NamingRules extends NamingOptions {
  label(text: string): string;
  fragment(text: string): string;
  /** `publishedName` of `text` below the domain; `text` holds no final dot. */
  nameBelow(text: string): DomainName | undefined;
}

/** How many texts each function remembers; more than the distinct names of a big cluster. */
const REMEMBERED = 32_768;

/** Makes the rules; keep one for as long as the options hold. */
export function namingRules(options: NamingOptions): NamingRules {
  const { domain, enforceRfc952 } = options;
  return {
    ...options,
    label: remembered(text => label(text, enforceRfc952), REMEMBERED),
    fragment: remembered(text => fragment(text, enforceRfc952), REMEMBERED),
    nameBelow: remembered(text => publishedName(`${text}.${domain}`), REMEMBERED),
  };
}

/** `make`, asked once for each text; forgets everything when it holds `limit` of them. */
function remembered<Value>(make: (text: string) => Value, limit: number) {
  const known = new Map<string, Value>();
  return (text: string): Value => {
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before as Value;
    if (known.size >= limit) known.clear();
    const value = make(text);
    known.set(text, value);
    return value;
  };
}
