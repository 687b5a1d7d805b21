import type { Agent, AgentId } from './cluster-state.ts';
import { decodePid } from './decode-pid.ts';
import { decodeAttributes, decodeFaultDomain } from './decode-place.ts';
import { asObject, attempt, brief, field, idField, type Report, textField } from './json-fields.ts';

/** The agent a task, status or event belongs to: `slave_id` in `/state`, `agent_id` in v1. */
export function decodeAgentId(json: unknown): AgentId {
  return idField(json, 'slave_id', 'agent_id') as AgentId;
}

/**
 * Reads an agent as `/state` writes it, or as v1 does: `agent_info` with `pid` beside it.
 *
 * @returns Undefined for one that cannot be used; it is reported.
 */
export function decodeAgent(json: unknown, report: Report): Agent | undefined {
  return attempt('agent', json, report, () => {
    const info = asObject(field(json, 'agent_info')) ?? json;
    const id = idField(info, 'id', 'id') as AgentId;
    if (id === '') report(asObject(json) ? 'agent-id' : 'agent', brief(json));
    if (id === '') return undefined;
    const pid = decodePid(json, 'agent-pid', report);
    return {
      id,
      hostname: textField(info, 'hostname'),
      pid,
      faultDomain: decodeFaultDomain(info),
      attributes: decodeAttributes(field(info, 'attributes')),
    };
  });
}

/** The id of an agent in `recovered_slaves`, or in v1's `recovered_agents`: a bare AgentInfo. */
export function decodeRecoveredAgentId(json: unknown, report: Report): AgentId | undefined {
  const id = attempt('agent', json, report, () =>
    idField(asObject(field(json, 'agent_info')) ?? json, 'id', 'id'),
  );
  if (id === '') report(asObject(json) ? 'agent-id' : 'agent', brief(json));
  return id ? (id as AgentId) : undefined;
}
