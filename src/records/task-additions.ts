import type { DomainName, ResourceRecord } from '../dns/index.ts';
import type { Agent, ClusterState, Task } from '../mesos/index.ts';
import { type Addition, type AdditionRule, NO_WANTS, type Wants } from './addition.ts';
import { groupName } from './group-name.ts';
import { labelNames } from './label-names.ts';
import { withToldPorts } from './publish-rules.ts';
import type { NamingRules } from './rules.ts';
import { recordsAt } from './service-at.ts';
import { taskAddresses } from './task-addresses.ts';
import { taskNames } from './task-names.ts';
import { describeTask, isCounted } from './task-records.ts';

/**
 * The names of a task beyond those of Mesos-DNS: by its label, and by its group.
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
  const asked = labelNames(labelValue(task, rules.aliasLabel), labels, rules);
  const group = rules.groupNames ? groupName(task, labels, rules) : undefined;
  const told = withToldPorts(task, rules.publish);
  const at = recordsOf(told, agent, labels, state, rules);
  const own = new Set(made.map(({ owner }) => owner));
  const wanted = (rule: AdditionRule, name: DomainName): readonly Addition[] =>
    at(name)
      .filter(({ owner }) => !own.has(owner))
      .map(record => ({ rule, name: own.has(name) ? record.owner : name, record }));
  return {
    additions: [
      ...asked.names.flatMap(name => wanted('label', name)),
      ...(group ? wanted('group', group) : []),
    ],
    faults: asked.unusable.map(text => ({
      cause: 'label',
      what: `${describeTask(task)}: ${rules.aliasLabel}=${text}`,
    })),
  };
}

/** What the task has at a name, which is the same at each. */
function recordsOf(
  task: Task,
  agent: Agent,
  framework: string,
  state: ClusterState,
  rules: NamingRules,
) {
  const own = taskNames(task, framework, rules).at(-1);
  const { addresses } = taskAddresses(task, agent, state, rules.ipSources);
  return (name: DomainName) => (own ? recordsAt(name, task, own, addresses, rules) : []);
}

/** The value of the first label `key`; empty when there is none. */
function labelValue({ labels }: Task, key: string | undefined): string {
  return labels.find(label => label.key === key)?.value ?? '';
}
