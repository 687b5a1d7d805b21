/**
 * How the parts are put together. In: a Config. Out: the options of each part, the answer threads
 * as the control thread sees them, and what goes between the two. The only folder that knows all
 * others; decisions about DNS or Mesos belong elsewhere.
 */
export { ANSWER_COUNTERS, type AnswerCounter } from './answer-counters.ts';
export type {
  AnswerThreadData,
  AnswerThreadOptions,
  FromAnswerThread,
  ToAnswerThread,
} from './answer-messages.ts';
export { changedSettings } from './changed-settings.ts';
export { Ends } from './ends.ts';
export type { Facts } from './facts.ts';
export { Follow } from './follow.ts';
export { namingOptions, startOfAuthority } from './options.ts';
export { ownReach } from './own-reach.ts';
export { placeText } from './place-text.ts';
export { Publisher } from './publisher.ts';
export { RemoteTransfers } from './remote-transfers.ts';
export { savedState } from './snapshot.ts';
export { type Answering, startAnswering } from './start-answering.ts';
export { startHttp } from './start-http.ts';
export { StepQueue } from './step-queue.ts';
export { makeTransfers, type Transfers } from './transfers.ts';
