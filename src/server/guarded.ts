import type { AnswerInto } from '../dns/index.ts';
import type { Answering } from './answering.ts';

/**
 * A hot path that cannot throw: a fault in it costs the one query, is counted, and its first case
 * is logged. Without this, one crafted datagram would end the thread again and again.
 */
export function guarded(answering: Answering): AnswerInto {
  const { answerInto, counters, log } = answering;
  const { values, slot } = counters;
  return (query, start, end, response, at, limit) => {
    try {
      return answerInto(query, start, end, response, at, limit);
    } catch (error) {
      if (values[slot.hot_failures]++ === 0) {
        const octets = Buffer.from(query.subarray(start, Math.min(end, start + 512))).toString(
          'hex',
        );
        log.error('The hot path threw; the query stays unanswered', {
          reason: String(error),
          octets,
        });
      }
      return -1;
    }
  };
}
