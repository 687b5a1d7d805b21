import { type Client, knownName, readQuery } from '../../src/dns/index.ts';
import {
  isTransferQuery,
  type TsigKey,
  transferResponder,
  ZoneHistory,
} from '../../src/transfer/index.ts';
import { NOW_SECONDS, ORIGIN, transferZone } from '../transfer/transfer-query.ts';
import type { FuzzTarget } from './fuzz.ts';
import { hold } from './hold.ts';

const CLIENT: Client = { address: '127.0.0.1', port: 5353, transport: 'tcp' };

/** Signs the queries of the corpus. */
export const FUZZ_KEY: TsigKey = {
  name: knownName('transfer.key'),
  algorithm: 'hmac-sha256',
  secret: Uint8Array.from({ length: 32 }, (_, index) => index),
};

/** What asks for zones, signed or not: whoever has not signed rightly gets no record. */
export function transferTarget(): FuzzTarget {
  let outcome = '';
  const respond = transferResponder({
    keys: [FUZZ_KEY],
    mayTransfer: (_client, key) => key === FUZZ_KEY.name,
    zoneAt: origin =>
      origin === ORIGIN
        ? {
            current: () => transferZone(2, []),
            history: new ZoneHistory({ maxRecords: 10, maxAgeMs: 1000 }),
          }
        : undefined,
    nowSeconds: () => NOW_SECONDS,
    onOutcome: (what, _client, why = '') => {
      outcome = `${what} ${why}`;
    },
    onSent: () => {},
  });
  return {
    name: 'transfer',
    run: octets => {
      const read = readQuery(octets, CLIENT, 65_535);
      if (read.kind !== 'query' || !isTransferQuery(read.query)) return read.kind;
      const [first] = respond(read.query) ?? [];
      hold(first?.length >= 12 && first[2] >> 7 === 1, 'every query gets a response');
      hold(first[0] === octets[0] && first[1] === octets[1], 'it has the id of its query');
      const isRefused = /^(refused|bad-sig|malformed|not-)/.test(outcome);
      hold(!isRefused || (first[6] | first[7]) === 0, 'who is refused gets no record');
      return `${outcome} ${first[3] & 15}`;
    },
  };
}
