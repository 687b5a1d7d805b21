/**
 * The source of truth. In: the addresses of Mesos masters. Out: the state of the cluster as its
 * leading master sees it, again at each change. Rules: the Mesos scheduler and operator API, v0
 * `/state` of 0.19 to 1.12 and v1.
 *
 * Begin with `follow-cluster.ts`. Who leads: `leader-detector.ts`, by asking (`ask-detector.ts`) or
 * from ZooKeeper. How a leader is followed: `follow-leader.ts`, by polls or by the event stream. HTTP:
 * `master-client.ts`. Octets into parts: `state-reader.ts`, `event-decoder.ts`, and a `decode-*.ts`
 * for each part. What is known, and what a failover must not take away: `cluster-store.ts`,
 * `failover-rules.ts`. On the disk: `state-keeper.ts`.
 */

export type { Doubt } from './apply-event.ts';
export type { ClusterEvent } from './cluster-event.ts';
export type {
  Agent,
  AgentId,
  ClusterState,
  ClusterUpdate,
  Discovery,
  DiscoveryPort,
  Framework,
  FrameworkId,
  HostPort,
  PortMapping,
  StateFault,
  StateFaultCause,
  Task,
  TaskAddresses,
  TaskDetails,
  TaskKey,
  Touched,
  Visibility,
} from './cluster-state.ts';
export { VISIBILITIES } from './cluster-state.ts';
export { ClusterStore } from './cluster-store.ts';
export type { Credentials } from './credentials.ts';
export { EventDecoder } from './event-decoder.ts';
export {
  type ClusterFollower,
  type FollowerOptions,
  followCluster,
} from './follow-cluster.ts';
export { FOLLOW_FAULTS, type FollowerStatus, type FollowFault } from './follower-status.ts';
export { HOLD_REASONS, type HoldReason } from './hold-reason.ts';
export type { HostLookup } from './host-names.ts';
export { formatHostPort } from './host-port.ts';
export type { MasterState } from './master-state.ts';
export { StateError } from './state-error.ts';
export {
  loadStateFile,
  type SavedState,
  saveStateFile,
} from './state-file.ts';
export {
  type KeptState,
  StateKeeper,
  type StateKeeperStatus,
} from './state-keeper.ts';
export { StateReader } from './state-reader.ts';
export type { StoreCondition } from './store-condition.ts';
