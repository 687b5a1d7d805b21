import type { AddressRecord, ResourceRecord } from '../dns/index.ts';
import type { AgentId, ClusterState, TaskKey } from '../mesos/index.ts';
import { agentNames } from './agent-names.ts';
import type { NamingRules } from './rules.ts';
import { taskNames } from './task-names.ts';

/**
 * How well a name stands for an address, the best first: a name of the host alone; that of the one
 * task there; that of a scheduler; an agent's own, where it has one; `slave.domain.`, which all agents share; that of one task among
 * several.
 */
export const CLAIM_RANK = {
  master: 0,
  nameServer: 1,
  onlyTask: 2,
  framework: 3,
  agentName: 4,
  agent: 5,
  oneOfTasks: 6,
} as const;

/** A name that a source has for an address. Of a task it is not yet known whether it is alone. */
export interface ReverseClaim {
  readonly rank: (typeof CLAIM_RANK)[keyof typeof CLAIM_RANK];
  readonly record: AddressRecord;
}

const TASK = 'task:';
const AGENT_NAMES = 'added:agent:';
const RANKS = [
  ['masters', CLAIM_RANK.master],
  ['nameserver', CLAIM_RANK.nameServer],
  [TASK, CLAIM_RANK.onlyTask],
  ['framework:', CLAIM_RANK.framework],
  [AGENT_NAMES, CLAIM_RANK.agentName],
  ['agent:', CLAIM_RANK.agent],
] as const;

/**
 * Those of a source's records that could be told backwards: of the masters `masterN`, for `leader`
 * moves; of a task the name that is its alone; of the others every address.
 */
export function reverseClaims(
  source: string,
  records: readonly ResourceRecord[],
  state: ClusterState | undefined,
  rules: NamingRules,
): readonly ReverseClaim[] {
  const rank = RANKS.find(([head]) => source.startsWith(head))?.[1];
  if (rank === undefined || records.length === 0) return [];
  const isCanonical = canonicalNames(source, state, rules);
  return records
    .filter((record): record is AddressRecord => record.type === 'A' || record.type === 'AAAA')
    .filter(({ owner }) => isCanonical(owner))
    .map(record => ({ rank, record }));
}

function canonicalNames(
  source: string,
  state: ClusterState | undefined,
  rules: NamingRules,
): (owner: string) => boolean {
  if (source === 'masters') {
    const shared: unknown[] = [rules.nameBelow('leader'), rules.nameBelow('master')];
    return owner => !shared.includes(owner);
  }
  if (source.startsWith(AGENT_NAMES)) {
    const agent = state?.agents.get(source.slice(AGENT_NAMES.length) as AgentId);
    const best = agent && agentNames(agent, rules).at(-1);
    return owner => owner === best;
  }
  if (!source.startsWith(TASK)) return () => true;
  const task = state?.tasks.get(source.slice(TASK.length) as TaskKey);
  const framework = task && state?.frameworks.get(task.frameworkId);
  if (!task || !framework) return () => false;
  const own = taskNames(task, rules.fragment(framework.name), rules).map(names => names.own);
  const canonical = own.findLast(name => name !== undefined);
  return owner => owner === canonical;
}
