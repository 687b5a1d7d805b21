import {
  type ClientView,
  type DomainName,
  HEADER_OCTETS,
  isAtOrBelow,
  type Octets,
  OPT_OCTETS,
  type Query,
  RR_CLASS,
  RR_TYPE,
  refused,
  showClient,
} from '../dns/index.ts';
import type { ZoneAnswers } from '../zone/index.ts';
import type { Handler } from './handler.ts';

/**
 * Our zone on the slow path: what the hot path did not take. Class ANY means IN here, any other
 * class is refused, and so is a transfer that nobody before us allowed. Records that do not belong
 * in a query are dropped from it; then the hot path answers after all.
 *
 * `client` is the view that `answers` reads. It is put back afterwards: the server may be in the
 * midst of a batch, whose other queries share it.
 */
export function zoneHandler(
  origin: DomainName,
  answers: Pick<ZoneAnswers, 'answerInto'>,
  client: ClientView,
): Handler {
  return query => {
    const { name, type, class: rrClass } = query.question;
    if (!isAtOrBelow(name, origin)) return undefined;
    const isOurs = rrClass === RR_CLASS.IN || rrClass === RR_CLASS.ANY;
    const isTransfer = type === RR_TYPE.AXFR || type === RR_TYPE.IXFR;
    if (!isOurs || isTransfer) return refused(query);
    const plain = plainQuery(query);
    const room = new Uint8Array(Math.max(512, query.maxOctets));
    const shared = { ...client };
    showClient(client, query.client);
    const length = answers.answerInto(plain, 0, plain.length, room, 0, room.length);
    Object.assign(client, shared);
    if (length <= 0) return undefined;
    const response = room.slice(0, length);
    response[query.question.end - 2] = rrClass >> 8;
    response[query.question.end - 1] = rrClass;
    return response;
  };
}

/** The query with its question, of class IN, and its OPT record, and nothing else. */
function plainQuery({ octets, question, edns }: Query): Octets {
  const optAt = edns ? edns.optionsAt - OPT_OCTETS : 0;
  const opt = edns ? octets.subarray(optAt, edns.optionsEnd) : new Uint8Array();
  const plain = new Uint8Array(question.end + opt.length);
  plain.set(octets.subarray(0, question.end));
  plain.fill(0, 6, HEADER_OCTETS);
  plain[11] = edns ? 1 : 0;
  plain[question.end - 2] = 0;
  plain[question.end - 1] = RR_CLASS.IN;
  plain.set(opt, question.end);
  return plain;
}
