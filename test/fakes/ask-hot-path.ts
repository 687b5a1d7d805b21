import { type AnswerInto, addressOctets, type ClientView, ipAddress } from '../../src/dns/index.ts';
import { queryOctets } from './dns-client.ts';

/** Whom `view` shows from now on. */
export function showClient(view: ClientView, address: string, isTcp = false): void {
  view.octets = Uint8Array.from([7, ...addressOctets(ipAddress(address)!)]);
  view.at = 1;
  view.length = view.octets.length === 5 ? 4 : 16;
  view.isTcp = isTcp;
}

/** What the hot path answers, as hex; `silent` and `slow` where it does not. */
export function askHotPath(answerInto: AnswerInto, query = queryOctets(1, 'web.test')): string {
  // Not at the start of either array, as in a batch.
  const shifted = Uint8Array.from([9, 9, 9, ...query, 9]);
  const response = new Uint8Array(700).fill(0xee);
  const octets = answerInto(shifted, 3, 3 + query.length, response, 100, 512);
  if (octets <= 0) return octets === 0 ? 'slow' : 'silent';
  return Buffer.from(response.subarray(100, 100 + octets)).toString('hex');
}
