import {
  type DomainName,
  isAtOrBelow,
  nameIn,
  type WrittenRecord,
  writtenRecord,
} from '../dns/index.ts';
import type { Settings } from './config.ts';
import type { ConfigFault } from './error.ts';

/** A record as the config writes it, and where that stands. */
interface Place {
  readonly record: WrittenRecord;
  readonly namePath: string;
  readonly valuePath: string;
}

const WANTED: Readonly<Record<WrittenRecord['type'], string>> = {
  A: 'an IPv4 address',
  AAAA: 'an IPv6 address',
  CNAME: 'a domain name',
  PTR: 'a domain name',
  TXT: 'a text of at most 4000 octets',
  SRV: 'priority, weight, port and target, as in 0 1 8080 web.marathon',
};

/** To a secondary a star alone would answer for every name that is missing beside it (RFC 4592). */
const WILDCARD = /(?:^|\.)\*(?:\.|$)/;

/** Records and aliases that cannot be published, whatever the cluster holds. */
export function checkNames(settings: Partial<Settings>): readonly ConfigFault[] {
  const { domain } = settings;
  if (domain === undefined) return [];
  const places = placesIn(settings);
  const owners = Map.groupBy(places, ({ record }) => nameIn(domain, record.name));
  return places.flatMap(place => {
    const owner = nameIn(domain, place.record.name);
    const others = owners.get(owner)?.length ?? 0;
    return nameFault(place, owner, others > 1, domain) ?? valueFault(place, domain) ?? [];
  });
}

/** Names that were given a domain twice, it seems. */
export function nameDoubts(settings: Settings): readonly string[] {
  const { domain } = settings;
  const bare = domain.slice(0, -1);
  return placesIn(settings).flatMap(({ record, namePath, valuePath }) => {
    const target = record.value.split(/\s+/).at(-1) ?? '';
    return [
      [namePath, record.name],
      [valuePath, target],
    ]
      .filter(([, name]) => `.${name.toLowerCase()}`.endsWith(`.${bare}`))
      .map(([path, name]) => `${path} means ${nameIn(domain, name)}: it has no final dot`);
  });
}

function placesIn({ staticRecords = [], aliases = {} }: Partial<Settings>): readonly Place[] {
  return [
    ...staticRecords.map((record, index) => {
      const path = `staticRecords[${index}]`;
      return { record, namePath: `${path}.name`, valuePath: `${path}.value` };
    }),
    ...Object.entries(aliases).map(([name, value]) => {
      const path = `aliases.${name}`;
      return { record: { name, type: 'CNAME' as const, value }, namePath: path, valuePath: path };
    }),
  ];
}

function nameFault(
  { record, namePath: path }: Place,
  owner: DomainName | undefined,
  hasOthers: boolean,
  domain: DomainName,
): ConfigFault | undefined {
  const found = JSON.stringify(record.name);
  if (!owner || !isAtOrBelow(owner, domain) || WILDCARD.test(record.name)) {
    return { path, found, wanted: `a name at or below ${domain}` };
  }
  if (record.type !== 'CNAME') return undefined;
  if (owner === domain) return { path, found, wanted: 'another name: the domain is no alias' };
  const wanted = 'a name without other records: an alias stands alone';
  return hasOthers ? { path, found, wanted } : undefined;
}

function valueFault({ record, valuePath: path }: Place, domain: DomainName) {
  if (writtenRecord(record, domain)) return undefined;
  return { path, found: JSON.stringify(record.value), wanted: WANTED[record.type] };
}
