import { type DomainName, isAtOrBelow, quotedText } from '../dns/index.ts';
import { agentTail, fitsPattern } from '../records/index.ts';
import type { ApiSources } from './sources.ts';

/** An RRset as it is told to watchers. */
export interface RRsetFacts {
  readonly owner: DomainName;
  readonly type: string;
  readonly values: readonly string[];
}

/** Which RRsets somebody wants to hear of. */
export type ChangeFilter = (rrset: RRsetFacts) => boolean;

/** The hash between a task's name and its agent, in names that are one task's alone. */
const HASH_CHARACTERS = 5;

/**
 * The filter that the parameters `name` (a pattern), `type`, `framework` (as it calls itself), `agent`
 * (its id) and `label` (`KEY` or `KEY=VALUE`) ask for together; undefined without any.
 */
export function changeFilter(
  query: URLSearchParams,
  { frameworkDomains }: Pick<ApiSources, 'frameworkDomains'>,
): ChangeFilter | undefined {
  const filters = Object.entries({
    name: byName,
    type: byType,
    framework: (text: string) => byDomain(frameworkDomains(text)),
    agent: byAgent,
    label: byLabel,
  }).flatMap(([key, make]) => {
    const text = query.get(key) ?? '';
    return text === '' ? [] : [make(text)];
  });
  if (filters.length === 0) return undefined;
  return rrset => filters.every(filter => filter(rrset));
}

function byName(text: string): ChangeFilter {
  const lower = text.toLowerCase();
  const pattern = /[.*]$/.test(lower) ? lower : `${lower}.`;
  return ({ owner }) => fitsPattern(owner, pattern);
}

function byType(text: string): ChangeFilter {
  const wanted = text.toUpperCase();
  return ({ type }) => type === wanted;
}

/** The TXT records of DNS-SD that tell the label; in them a blank parts two quoted strings. */
function byLabel(text: string): ChangeFilter {
  const string = text.includes('=') ? quotedText(text) : quotedText(`${text}=`).slice(0, -1);
  return ({ type, values }) =>
    type === 'TXT' && values.some(value => ` ${value}`.includes(` ${string}`));
}

function byDomain(domains: readonly DomainName[]): ChangeFilter {
  return ({ owner }) => domains.some(domain => isAtOrBelow(owner, domain));
}

/** The names of single tasks on the agent, and what points at them. */
function byAgent(id: string): ChangeFilter {
  const tail = `-${agentTail(id)}`;
  const isOnAgent = (name: string) => {
    const [label] = name.split('.', 1);
    return label.endsWith(tail) && label.at(-tail.length - HASH_CHARACTERS - 1) === '-';
  };
  // The target of a record stands last in its value.
  const target = (value: string) => value.slice(value.lastIndexOf(' ') + 1);
  return ({ owner, values }) => isOnAgent(owner) || values.some(value => isOnAgent(target(value)));
}
