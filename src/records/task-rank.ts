import type { Task } from '../mesos/index.ts';
import type { Rank } from './made-records.ts';
import type { NamingRules } from './rules.ts';
import { taskLabel } from './task-label.ts';

/** The rank of a task's SRV records, and the labels that hold none. */
export interface TaskRank {
  readonly rank: Rank;
  /** As `key=value` each. */
  readonly unusable: readonly string[];
}

/** Priority and weight by the labels of a task, each by itself; what they do not say stays usual. */
export function taskRank(task: Task, rules: NamingRules): TaskRank {
  const { srvPriorityLabel, srvWeightLabel, rank } = rules;
  // So it is for nearly all.
  if (task.labels.length === 0) return { rank, unusable: [] };
  const unusable: string[] = [];
  const read = (key: string | undefined, usual: number): number => {
    const text = taskLabel(task, key);
    if (text === '') return usual;
    if (/^\d{1,5}$/.test(text) && Number(text) <= 0xffff) return Number(text);
    unusable.push(`${key}=${text}`);
    return usual;
  };
  const priority = read(srvPriorityLabel, rank.priority);
  return { rank: { priority, weight: read(srvWeightLabel, rank.weight) }, unusable };
}
