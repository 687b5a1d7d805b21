import type { Task } from '../mesos/index.ts';

/** The value of the first label `key`, without blanks around it; empty when there is none. */
export function taskLabel({ labels }: Task, key: string | undefined): string {
  if (key === undefined || key === '') return '';
  return labels.find(label => label.key === key)?.value.trim() ?? '';
}
