/**
 * The source of truth. In: the addresses of Mesos masters. Out: the state of the cluster as its
 * leading master sees it, again at each change. Rules: the Mesos scheduler and operator API, v0
 * `/state` of 0.19 to 1.12 and v1.
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
  StateFault,
  StateFaultCause,
  Task,
  TaskAddresses,
  TaskKey,
  Touched,
} from './cluster-state.ts';
export { ClusterStore, type ClusterStoreOptions } from './cluster-store.ts';
export type { TlsSettings } from './connector.ts';
export type { Credentials, IamAccount } from './credentials.ts';
export { EventDecoder } from './event-decoder.ts';
export {
  type ClusterFollower,
  type FollowerOptions,
  type FollowerWorld,
  followCluster,
} from './follow-cluster.ts';
export { FOLLOW_FAULTS, type FollowerStatus, type FollowFault } from './follower-status.ts';
export { HOLD_REASONS, type HoldReason } from './hold-reason.ts';
export type { HostLookup } from './host-names.ts';
export type { Known, Leader, MasterState } from './master-state.ts';
export type { ReadingMark } from './reading-mark.ts';
export { StateError, type StateRejection } from './state-error.ts';
export {
  type LoadedState,
  loadStateFile,
  type SavedState,
  type StateFileFault,
  saveStateFile,
} from './state-file.ts';
export {
  type KeptState,
  StateKeeper,
  type StateKeeperOptions,
  type StateKeeperStatus,
  type StateKeeperWorld,
} from './state-keeper.ts';
export { type StateBody, StateReader } from './state-reader.ts';
export type { StoreCondition } from './store-condition.ts';
export type { ZooKeeperSource } from './zookeeper-detector.ts';
