import { type Octets, type Query, RCODE } from '../dns/index.ts';
import type { Handler } from '../handlers/index.ts';
import type { Counters, Log } from '../runtime/index.ts';
import { refusal } from './transfer-messages.ts';
import { signRefusal, TSIG_ERROR_NAMES, type TsigKey, tsigSigner, verifyTsig } from './tsig.ts';

/** What a signed handler counts. */
export const SIGNATURE_COUNTERS = ['bad_signatures'] as const;

export type SignatureCounter = (typeof SIGNATURE_COUNTERS)[number];

/** Clients that get a line in the log: anybody can come from many addresses. */
const MOST_TOLD = 1000;

/**
 * A handler that checks the signature of each query and signs the response to a good one (RFC 8945
 * section 5). Secondaries with a key sign the SOA queries that come before a transfer, too. Each
 * client whose signature is bad is logged once.
 */
export function signedHandler(
  handle: Handler,
  keys: readonly TsigKey[],
  nowSeconds: () => number,
  counters: Counters<SignatureCounter>,
  log: Log,
): Handler {
  const told = new Set<string>();
  const tell = (client: string, error: keyof typeof TSIG_ERROR_NAMES) => {
    if (told.has(client) || told.size === MOST_TOLD) return;
    told.add(client);
    log.warn('Refused a signature', { client, error: TSIG_ERROR_NAMES[error] });
  };
  return query => {
    const verdict = verifyTsig(query.octets, keys, nowSeconds());
    switch (verdict.kind) {
      case 'unsigned':
        return handle(query);
      case 'malformed':
        return refusal(query, RCODE.FORMERR);
      case 'refused':
        counters.values[counters.slot.bad_signatures]++;
        tell(query.client.address, verdict.error);
        return signRefusal(refusal(query, RCODE.NOTAUTH), verdict, nowSeconds());
      case 'valid': {
        const signer = tsigSigner(verdict.key, verdict.record.mac);
        const response = handle(withRoomFor(query, signer.octets));
        if (response === undefined) return undefined;
        const sign = (octets: Octets) => signer.sign(octets, nowSeconds());
        return response instanceof Uint8Array ? sign(response) : response.then(sign);
      }
      default:
        return verdict satisfies never;
    }
  };
}

function withRoomFor(query: Query, octets: number): Query {
  return { ...query, maxOctets: query.maxOctets - octets };
}
