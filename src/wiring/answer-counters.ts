import { DNSSEC_COUNTERS } from '../dnssec/index.ts';
import { FORWARD_COUNTERS } from '../forward/index.ts';
import { HANDLER_COUNTERS } from '../handlers/index.ts';
import { SERVER_COUNTERS } from '../server/index.ts';
import { SIGNATURE_COUNTERS } from '../transfer/index.ts';
import { ZONE_COUNTERS } from '../zone/index.ts';

/** Everything an answer thread counts, in one shared array. */
export const ANSWER_COUNTERS = [
  ...SERVER_COUNTERS,
  ...ZONE_COUNTERS,
  ...HANDLER_COUNTERS,
  ...FORWARD_COUNTERS,
  ...SIGNATURE_COUNTERS,
  ...DNSSEC_COUNTERS,
] as const;

export type AnswerCounter = (typeof ANSWER_COUNTERS)[number];

/** The counters of response codes, with the mnemonics that stand in metrics and in the status. */
export const RCODE_COUNTERS = [
  ['rcode_0', 'NOERROR'],
  ['rcode_1', 'FORMERR'],
  ['rcode_2', 'SERVFAIL'],
  ['rcode_3', 'NXDOMAIN'],
  ['rcode_4', 'NOTIMP'],
  ['rcode_5', 'REFUSED'],
  ['rcode_9', 'NOTAUTH'],
  ['badvers', 'BADVERS'],
] as const;
