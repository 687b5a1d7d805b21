import {
  addressFromOctets,
  domainName,
  type IpAddress,
  ipAddress,
  knownName,
  nameOctets,
  putWord,
  RCODE,
  RR_CLASS,
  RR_TYPE,
} from '../dns/index.ts';
import type { Landing } from './flights.ts';
import { NO_OPTIONS } from './kept-response.ts';
import { readUpstreamMessage } from './message-reader.ts';
import { ASK_FLAG } from './question-key.ts';
import { type Ask, askFor, type Resolver } from './resolver.ts';

/** Raised when a host name has no address, or nobody could say. */
export class LookupError extends Error {
  override readonly name = 'LookupError';
  readonly code = 'ERR_LOOKUP';
  readonly host: string;

  constructor(host: string, found: string) {
    super(`Cannot look up ${host}: ${found}, expected an A or AAAA record`);
    this.host = host;
  }
}

/**
 * The addresses of a host name, IPv4 first, from upstreams and their cache, never from ourselves. An
 * address is its own answer; `localhost` and names below it are the loopback (RFC 6761 section 6.3).
 *
 * @throws {LookupError} When there is no address, or no upstream answered.
 */
export type ResolveAddresses = (
  host: string,
  signal?: AbortSignal,
) => Promise<readonly IpAddress[]>;

/** Makes the look-up of addresses for one resolver. */
export function addressLookup(resolver: Resolver): ResolveAddresses {
  return async (host, signal) => {
    const literal = ipAddress(host);
    if (literal) return [literal];
    const name = domainName(host);
    if (name === undefined) throw new LookupError(host, 'no domain name');
    if (/(^|\.)localhost\.$/.test(name)) return LOOPBACK;
    const types = [RR_TYPE.A, RR_TYPE.AAAA];
    const landings = await Promise.all(types.map(type => land(resolver, host, type, signal)));
    const addresses = landings.flatMap(landing => addressesIn(landing));
    if (addresses.length === 0) throw new LookupError(host, whatWasFound(landings));
    return addresses;
  };
}

const LOOPBACK: readonly IpAddress[] = [
  { family: 4, text: '127.0.0.1' },
  { family: 6, text: '::1' },
];

function land(
  resolver: Resolver,
  host: string,
  type: number,
  signal: AbortSignal | undefined,
): Promise<Landing> {
  const ask = addressAsk(host, type);
  if (!resolver.hasRoute(ask.name)) throw new LookupError(host, 'no upstream to ask');
  return new Promise((settle, reject) => {
    signal?.throwIfAborted();
    const abort = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    resolver.answer(ask, landing => {
      signal?.removeEventListener('abort', abort);
      settle(landing);
    });
  });
}

function addressAsk(host: string, type: number): Ask {
  const name = knownName(host);
  const owner = nameOctets(name);
  const octets = new Uint8Array(owner.length + 4);
  octets.set(owner);
  putWord(octets, owner.length, type);
  putWord(octets, owner.length + 2, RR_CLASS.IN);
  return askFor(name, { octets, flags: ASK_FLAG.RD, options: NO_OPTIONS });
}

function addressesIn(landing: Landing): readonly IpAddress[] {
  if (landing.kind !== 'kept' || landing.kept.rcode !== RCODE.NOERROR) return [];
  const { octets } = landing.kept;
  const records = readUpstreamMessage(octets)?.records ?? [];
  return records.flatMap(({ section, type, dataAt, end }) => {
    if (section !== 'answer') return [];
    if (type === RR_TYPE.A && end - dataAt === 4) return addressFromOctets(octets, dataAt, 4);
    if (type === RR_TYPE.AAAA && end - dataAt === 16) return addressFromOctets(octets, dataAt, 16);
    return [];
  });
}

function whatWasFound(landings: readonly Landing[]): string {
  if (landings.some(landing => landing.kind === 'failure')) return 'no upstream that answers';
  const isAbsent = landings.some(
    landing => landing.kind === 'kept' && landing.kept.rcode === RCODE.NXDOMAIN,
  );
  return isAbsent ? 'no such name' : 'no address';
}
