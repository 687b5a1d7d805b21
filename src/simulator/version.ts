import type { JsonObject, MasterIdentity } from './model.ts';

/** What the simulated masters say they were built from: the Mesos whose answers they repeat. */
export const BUILD = {
  build_date: '2024-08-23 08:43:27 UTC',
  build_time: 1724402607,
  build_user: 'root',
  git_sha: 'c1b42f79d157aa900be5cbb0c1023f1479962aa7',
  version: '1.12.0',
};

/** What a master of this version says it can do. */
export const MASTER_CAPABILITIES = ['AGENT_UPDATE', 'AGENT_DRAINING', 'QUOTA_V2'];

/** What an agent of this version says it can do. */
export const AGENT_CAPABILITIES = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'RESOURCE_PROVIDER',
  'RESIZE_VOLUME',
  'AGENT_OPERATION_FEEDBACK',
  'AGENT_DRAINING',
  'TASK_RESOURCE_LIMITS',
];

/** The flags a discovery server could look at; a real master lists some sixty. */
export function masterFlags(
  { address, port, hostname }: MasterIdentity,
  cluster: string,
): JsonObject {
  return {
    agent_ping_timeout: '15secs',
    agent_reregister_timeout: '10mins',
    authenticate_http_readonly: 'false',
    authenticate_http_readwrite: 'false',
    cluster,
    hostname,
    ip: address,
    max_agent_ping_timeouts: '5',
    max_completed_tasks_per_framework: '1000',
    max_operator_event_stream_subscribers: '1000',
    port: String(port),
    quorum: '2',
    registry: 'replicated_log',
    zk_session_timeout: '10secs',
  };
}
