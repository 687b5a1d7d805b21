import { type DomainName, domainName } from '../dns/index.ts';

/**
 * The characters that a query for a name can hold and still find it in Mesos-DNS: printable ASCII
 * without capitals (look-ups are lower-cased) and without those it compares in escaped form.
 */
const ASKABLE = /^[!#-'*-/0-9:<-?[\]^_`a-z{|}~]+$/;

/**
 * A label that is a star alone: to a secondary it would answer for every name that is missing beside
 * it (RFC 4592), and so one task for all others of its framework.
 */
const WILDCARD = /(?:^|\.)\*(?:\.|$)/;

/** Says whether `text` can stand in a name we publish. */
export function isAskable(text: string): boolean {
  return ASKABLE.test(text) && !WILDCARD.test(text);
}

/**
 * The domain name of a text made of labels and dots, if clients can ask for it; undefined for an empty
 * label, one over 63 octets, a name over 255 octets, a wildcard, or a character no look-up could match.
 */
export function publishedName(text: string): DomainName | undefined {
  return isAskable(text) ? domainName(text) : undefined;
}
