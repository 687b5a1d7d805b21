/**
 * How the parts are put together. In: a Config. Out: the options of each part, the answer threads
 * as the control thread sees them, and what goes between the two. The only folder that knows all
 * others; decisions about DNS or Mesos belong elsewhere. Answer threads take the few files they need
 * past this door, which loads all that the control thread needs.
 *
 * Begin with `generation.ts`: all that one config makes. `options.ts` turns settings into the options
 * of each part.
 */
export type { AnswerThreadOptions } from './answer-messages.ts';
export { changedSettings, withCertificateOf, withSettingsOf } from './changed-settings.ts';
export { Generation } from './generation.ts';
export type { GenerationParts } from './generation-parts.ts';
export { knownAfterReload, pastSerial } from './kept-history.ts';
export { Listening } from './listening.ts';
export { Publisher } from './publisher.ts';
export { savedState } from './snapshot.ts';
