import { type Octets, putWord, type Query } from '../dns/index.ts';
import { copyResponse, type KeptResponse } from './kept-response.ts';

/**
 * The response to `query` out of a kept one, `opt` behind it, within the client's limit. What does
 * not fit is left out from the end: additional records without a word, all others with TC set (RFC
 * 2181 section 9).
 */
export function respond(query: Query, kept: KeptResponse, ageSeconds: number, opt: Octets): Octets {
  const records = fittingRecords(kept, query.maxOctets - opt.length);
  const length = records === 0 ? kept.questionEnd : kept.endsAt[records - 1];
  const response = new Uint8Array(kept.octets.length + opt.length);
  copyResponse(kept, ageSeconds, query.octets, 0, response, 0);
  if (records < kept.endsAt.length) leaveOut(response, kept, records);
  if (opt.length > 0) {
    response.set(opt, length);
    putWord(response, 10, ((response[10] << 8) | response[11]) + 1);
  }
  return response.subarray(0, length + opt.length);
}

function fittingRecords({ endsAt }: KeptResponse, maxOctets: number): number {
  let records = endsAt.length;
  while (records > 0 && endsAt[records - 1] > maxOctets) records--;
  return records;
}

function leaveOut(response: Octets, kept: KeptResponse, records: number): void {
  const answers = Math.min(records, kept.answers);
  const authorities = Math.min(records - answers, kept.authorities);
  putWord(response, 6, answers);
  putWord(response, 8, authorities);
  putWord(response, 10, records - answers - authorities);
  if (records < kept.answers + kept.authorities) response[2] |= 0x02;
}
