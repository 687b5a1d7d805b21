import type { AnswerInto } from '../dns/index.ts';

/** Who may have an answer ready. */
interface Answerer {
  readonly answerInto: AnswerInto;
}

/** The hot path: the zone, then the reverse zones where there are any, then what was answered before. */
export function readyAnswers(
  zone: Answerer,
  reverse: Answerer & { readonly zones: readonly unknown[] },
  forwarder: Answerer | undefined,
): AnswerInto {
  return [
    ...(reverse.zones.length > 0 ? [reverse.answerInto] : []),
    ...(forwarder ? [forwarder.answerInto] : []),
  ].reduce(either, zone.answerInto);
}

/** The first that takes the query answers it. */
function either(first: AnswerInto, second: AnswerInto): AnswerInto {
  return (query, start, end, response, at, limit) =>
    first(query, start, end, response, at, limit) || second(query, start, end, response, at, limit);
}
