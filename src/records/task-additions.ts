import type { DomainName, ResourceRecord } from '../dns/index.ts';
import type { Agent, ClusterState, Task } from '../mesos/index.ts';
import { type Addition, type AdditionRule, NO_WANTS, type Wants } from './addition.ts';
import { addressNameRecords } from './address-names.ts';
import { groupName } from './group-name.ts';
import { labelNames } from './label-names.ts';
import { placeNames } from './place-names.ts';
import { portIndexRecords } from './port-index-names.ts';
import { withToldPorts } from './publish-rules.ts';
import type { NamingRules } from './rules.ts';
import { recordsAt } from './service-at.ts';
import { taskAddresses } from './task-addresses.ts';
import { taskLabel } from './task-label.ts';
import { nameForms, taskNames } from './task-names.ts';
import { taskRank } from './task-rank.ts';
import { isCounted, labelFaults } from './task-records.ts';
import { taskSources } from './task-sources.ts';

/**
 * The records of a task beyond those of Mesos-DNS: at the names its label asks for, at that of its
 * group, of its ports by their place, of its addresses by whose they are, and those of its zone and
 * region.
 *
 * @param made Its records by Mesos-DNS's rules; names they have already are not wanted again.
 */
export function taskAdditions(
  task: Task,
  state: ClusterState,
  rules: NamingRules,
  made: readonly ResourceRecord[],
): Wants {
  const agent = state.agents.get(task.agentId);
  const framework = state.frameworks.get(task.frameworkId);
  if (!agent || !framework || !isCounted(task, state, rules)) return NO_WANTS;
  const labels = rules.fragment(framework.name);
  const asked = labelNames(taskLabel(task, rules.aliasLabel), labels, rules);
  const group = rules.groupNames ? groupName(task, labels, rules) : undefined;
  const told = withToldPorts(task, rules.publish);
  const at = recordsAtNames(told, agent, labels, state, rules);
  const own = new Set(made.map(({ owner }) => owner));
  const named = (rule: AdditionRule, name: DomainName): readonly Addition[] =>
    at(name)
      .filter(({ owner }) => !own.has(owner))
      .map(record => ({ rule, name: own.has(name) ? record.owner : name, record }));
  const service = `${nameForms(task, rules).at(-1)}.${labels}`;
  const places = placeNames(service, agent, state, rules);
  const more = unnamedAdditions(task, agent, labels, state, rules);
  return {
    additions: [
      ...asked.names.flatMap(name => named('label', name)),
      ...(group ? named('group', group) : []),
      ...places.flatMap(name => named('place', name)),
      ...more.filter(({ record }) => !own.has(record.owner)),
    ],
    faults: labelFaults(
      task,
      asked.unusable.map(text => `${rules.aliasLabel}=${text}`),
    ),
  };
}

/** What the task has at a name, which is the same at each. */
function recordsAtNames(
  task: Task,
  agent: Agent,
  framework: string,
  state: ClusterState,
  rules: NamingRules,
) {
  const own = taskNames(task, framework, rules).at(-1);
  const { addresses } = taskAddresses(task, agent, state, taskSources(task, rules).sources);
  const { rank } = taskRank(task, rules);
  return (name: DomainName) => (own ? recordsAt(name, task, own, addresses, rules, rank) : []);
}

/** Those that no name was asked for: each stands by itself. */
function unnamedAdditions(
  task: Task,
  agent: Agent,
  framework: string,
  state: ClusterState,
  rules: NamingRules,
): readonly Addition[] {
  const names = taskNames(task, framework, rules).at(-1);
  const ports =
    rules.portIndexNames && names
      ? portIndexRecords(task, names, rules, taskRank(task, rules).rank)
      : [];
  const service = `${nameForms(task, rules).at(-1)}.${framework}`;
  const addresses = rules.addressNames
    ? addressNameRecords(service, task, agent, state, rules)
    : [];
  return [...by('port', ports), ...by('address', addresses)];
}

function by(rule: AdditionRule, records: readonly ResourceRecord[]): readonly Addition[] {
  return records.map(record => ({ rule, name: record.owner, record }));
}
