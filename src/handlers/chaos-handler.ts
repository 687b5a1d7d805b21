import { knownName, makeResponse, type Octets, RCODE, RR_CLASS, RR_TYPE } from '../dns/index.ts';
import type { Handler } from './handler.ts';

const MAX_STRING_OCTETS = 255;
const VERSION_NAMES: ReadonlySet<string> = new Set([
  knownName('version.bind'),
  knownName('version.server'),
]);

/**
 * Tells the server's version: `version.bind` and `version.server`, class CH, type TXT or ANY. Without
 * a text it tells nothing, and the query is refused further on.
 */
export function chaosHandler(version: string | undefined): Handler {
  const record = version === undefined ? undefined : textRecord(version);
  return query => {
    const { name, type, class: rrClass } = query.question;
    if (record === undefined || rrClass !== RR_CLASS.CH || !VERSION_NAMES.has(name)) {
      return undefined;
    }
    const isAsked = type === RR_TYPE.TXT || type === RR_TYPE.ANY;
    const answers = isAsked ? [record] : [];
    return makeResponse(query, { rcode: RCODE.NOERROR, isAuthoritative: true, answers });
  };
}

/** A TXT record of class CH and TTL 0 that belongs to the question's name. */
function textRecord(text: string): Octets {
  const octets = new TextEncoder().encode(text).subarray(0, MAX_STRING_OCTETS);
  const head = [0xc0, 12, 0, RR_TYPE.TXT, 0, RR_CLASS.CH, 0, 0, 0, 0, 0, octets.length + 1];
  return Uint8Array.from([...head, octets.length, ...octets]);
}
