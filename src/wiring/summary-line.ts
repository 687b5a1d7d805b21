import { formatHostPort } from '../mesos/index.ts';
import type { Facts } from './facts.ts';

/** How the server goes, in the line that `systemctl status` shows. */
export function summaryLine({ serving, follower, publisher, threads }: Facts): string {
  const { kind } = serving();
  const { leader } = follower();
  const leading = leader ? `leader ${formatHostPort(leader)}` : 'no leader';
  if (kind === 'starting') return `starting: no state of the cluster yet, ${leading}`;
  const { state, serial } = publisher;
  const tasks = `${state?.tasks.size ?? 0} tasks on ${state?.agents.size ?? 0} agents`;
  const answering = threads ? `, threads answering: ${threads.serving}` : '';
  return `${kind}: ${tasks}, zone ${serial}, ${leading}${answering}`;
}
