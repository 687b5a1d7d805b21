import type { Framework, FrameworkId } from './cluster-state.ts';
import { decodePid } from './decode-pid.ts';
import { asObject, attempt, brief, field, idField, type Report, textField } from './json-fields.ts';

/** The framework a task, status or event belongs to, by its own field. */
export function decodeFrameworkId(json: unknown): FrameworkId {
  return idField(json, 'framework_id', 'framework_id') as FrameworkId;
}

/**
 * Reads a framework as `/state` writes it, or as v1 does: `framework_info` with the rest beside it.
 *
 * @returns Undefined for one that cannot be used; it is reported. Its id may be empty.
 */
export function decodeFramework(json: unknown, report: Report): Framework | undefined {
  if (!asObject(json)) report('framework', brief(json));
  if (!asObject(json)) return undefined;
  return attempt('framework', json, report, () => {
    const info = asObject(field(json, 'framework_info')) ?? json;
    return {
      id: idField(info, 'id', 'id') as FrameworkId,
      name: textField(info, 'name'),
      hostname: textField(info, 'hostname'),
      pid: decodePid(json, 'framework-pid', report),
      isActive: field(json, 'active') !== false,
      isRecovered: field(json, 'recovered') === true,
      roles: decodeRoles(info),
    };
  });
}

/** One of several roles has a list (Mesos 1.3), else there is one role. */
function decodeRoles(info: unknown): readonly string[] | undefined {
  const listed = field(info, 'roles') ?? [field(info, 'role')];
  const roles = Array.isArray(listed) ? listed.filter(role => typeof role === 'string') : [];
  return roles.every(role => role === '*') ? undefined : roles;
}
