/**
 * DNSSEC: signs the answers of our zone as they are asked for. In: the zone's answers, a key. Out: the
 * same answers with signatures and proofs of absence, for clients that set DO. Rules: RFC 4033 to
 * 4035, RFC 6840, RFC 6605 and RFC 8080 (algorithms), RFC 9824 (compact denial of existence).
 *
 * Begin with `signed-answers.ts`; the key and its records are in `signing-key.ts`.
 */
export { DNSSEC_COUNTERS } from './counters.ts';
export type { SignerWorld } from './signatures.ts';
export { SignedAnswers } from './signed-answers.ts';
export {
  type KeyAlgorithm,
  keyPem,
  signingKey,
} from './signing-key.ts';
