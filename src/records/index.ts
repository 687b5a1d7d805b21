/**
 * The naming rules, pure. In: the state of the cluster. Out: the resource records of each of its
 * parts, and what had to be left out. Rules: what Mesos-DNS publishes, record for record; RFC 952,
 * RFC 1123 section 2.1, RFC 2782.
 *
 * Begin with `record-book.ts`. A source of records has a file each: `task-records.ts`,
 * `framework-records.ts`, `agent-records.ts`, `master-records.ts`, `name-server-records.ts`; so has
 * each rule they share: `label.ts`, `task-names.ts`, `task-addresses.ts`, `task-ports.ts`. Which name
 * an address leads back to is chosen by `reverse-book.ts` among the claims of `reverse-claims.ts`.
 * Where addresses are, for answers that prefer what is near, is no record: `place-book.ts`, by the rules
 * of `place.ts`.
 *
 * Records beyond those of Mesos-DNS, all off by default: `additions.ts` says which, a rule each in
 * `agent-names.ts`, `label-names.ts`, `group-name.ts`, `port-index-names.ts`, `address-names.ts`; `addition-book.ts` keeps them from names that are taken.
 */
export { type EnumeratedFramework, type EnumeratedTask, enumerate } from './enumerate.ts';
export { explainAddress, explainName } from './explain.ts';
export type { AdditionFacts, Explanation, PartFacts, TaskFacts } from './explanation.ts';
export { frameworkDomains } from './framework-domains.ts';
export type { RecordFault } from './made-records.ts';
export { nameServerRecords, reachableAddresses } from './name-server-records.ts';
export { fitsPattern } from './pattern.ts';
export {
  type PlaceRules,
  placeRules,
} from './place.ts';
export { PlaceBook, placeOfAddress } from './place-book.ts';
export { type BookUpdate, type RecordBook, type RecordChanges, recordBook } from './record-book.ts';
export { outermostReverseZones, ReverseBook } from './reverse-book.ts';
export { type IpSource, type NamingOptions, type NamingRules, namingRules } from './rules.ts';
export { type ServiceFacts, servicesOf } from './services.ts';
export { agentTail } from './task-hash.ts';
