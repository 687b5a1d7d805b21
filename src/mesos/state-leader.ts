import { parsePid } from './host-port.ts';
import type { Leader } from './master-state.ts';
import { StateError } from './state-error.ts';

/**
 * Says who leads, by a body's top fields, and that the body is that of the leader itself. Before
 * Mesos 1.0 a master that does not lead answers 200 with its own, empty state.
 *
 * @param opened The objects and lists that the body has.
 * @param given The leader of a v1 body, which does not tell.
 * @throws {StateError} `shape`, `agent`, `no-leader` or `not-leader`.
 */
export function leaderOf(
  fields: ReadonlyMap<string, unknown>,
  opened: ReadonlySet<string>,
  given: Leader | undefined,
): Leader {
  if (opened.has('get_state')) {
    if (given) return given;
    throw new StateError('no-leader', 'Cannot use the body: it does not say who leads');
  }
  const pid = text(fields, 'pid');
  checkIsMaster(fields, opened, pid);
  const address = parsePid(text(fields, 'leader'));
  if (!address) throw new StateError('no-leader', `Cannot use the state: ${pid} knows no leader`);
  const electedSeconds = fields.get('elected_time');
  if (pid !== '' && pid !== text(fields, 'leader') && typeof electedSeconds !== 'number') {
    const message = `Cannot use the state: it is that of ${pid}, which does not lead`;
    throw new StateError('not-leader', message, address);
  }
  return {
    address,
    id: text(fields, 'id') || undefined,
    electedSeconds: typeof electedSeconds === 'number' ? electedSeconds : undefined,
  };
}

function checkIsMaster(
  fields: ReadonlyMap<string, unknown>,
  opened: ReadonlySet<string>,
  pid: string,
): void {
  if (fields.has('master_hostname') || /^(?:slave|agent)(?:\(|@)/.test(pid)) {
    throw new StateError('agent', `Cannot use the state: it is that of an agent, ${pid}`);
  }
  const isState = pid !== '' || fields.has('leader');
  if (!isState || (fields.has('leader') && !opened.has('agents') && !opened.has('frameworks'))) {
    throw new StateError('shape', 'Cannot use the body: it is not the state of a master');
  }
}

function text(fields: ReadonlyMap<string, unknown>, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}
