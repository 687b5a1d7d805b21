/**
 * How the parts are put together. In: a Config. Out: the options of each part, the answer threads
 * as the control thread sees them, and what goes between the two. The only folder that knows all
 * others; decisions about DNS or Mesos belong elsewhere. Answer threads take the few files they need
 * past this door, which loads all that the control thread needs.
 */
export type { AnswerThreadOptions } from './answer-messages.ts';
export { changedSettings } from './changed-settings.ts';
export { Ends } from './ends.ts';
export type { Facts } from './facts.ts';
export { Follow } from './follow.ts';
export { namingOptions, startOfAuthority } from './options.ts';
export { ownReach } from './own-reach.ts';
export { placeText } from './place-text.ts';
export { Publisher } from './publisher.ts';
export { savedState } from './snapshot.ts';
export { type Answering, startAnswering } from './start-answering.ts';
export { startHttp } from './start-http.ts';
export { makeTransfers, type Transfers } from './transfers.ts';
