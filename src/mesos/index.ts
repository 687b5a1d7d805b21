/**
 * The source of truth. In: the addresses of Mesos masters. Out: the state of the cluster as its
 * leading master sees it, again at each change. Rules: the Mesos scheduler and operator API, v0
 * `/state` of 0.19 to 1.12 and v1.
 */
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
  Task,
  TaskAddresses,
  TaskKey,
  Touched,
} from './cluster-state.ts';
