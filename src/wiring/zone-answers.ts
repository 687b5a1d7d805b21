import { SignedAnswers, type SignerWorld, signingKey } from '../dnssec/index.ts';
import { type AnswerParts, ZoneAnswers } from '../zone/index.ts';
import type { AnswerThreadOptions } from './answer-messages.ts';

/** Our zone, as an answer thread answers it. */
export type OwnAnswers = Pick<ZoneAnswers, 'answerInto' | 'serve' | 'setTime'>;

/** The answers of our zone, signed where there is a key. */
export function zoneAnswers(
  parts: AnswerParts & SignerWorld,
  { dnssecKey, origin }: AnswerThreadOptions,
): OwnAnswers {
  if (dnssecKey === undefined) return new ZoneAnswers(parts);
  return new SignedAnswers(parts, signingKey(dnssecKey, origin), parts);
}
