import type { HostPort } from './cluster-state.ts';
import { parsePid } from './host-port.ts';
import { brief, field, type Report } from './json-fields.ts';

/** A pid that is missing is no fault: v1 has none for frameworks. */
export function decodePid(
  json: unknown,
  cause: 'agent-pid' | 'framework-pid',
  report: Report,
): HostPort | undefined {
  const found = field(json, 'pid');
  if (found === undefined) return undefined;
  const pid = typeof found === 'string' ? parsePid(found) : undefined;
  if (!pid) report(cause, brief(found));
  return pid;
}
