import { z } from 'zod';
import { row } from './field.ts';
import { integer, list, oneOf, parsed, text, yesNo } from './kinds.ts';

const INT32 = 2 ** 31 - 1;
const pattern = () => text('a text, * for any characters', /./).optional();

const rule = z
  .strictObject(
    {
      framework: pattern(),
      role: pattern(),
      label: parsed('KEY or KEY=VALUE', readLabel).optional(),
    },
    { error: 'an object with framework, role or label' },
  )
  .refine(given => Object.keys(given).length > 0, {
    error: 'an object with framework, role or label',
  });

const rules = () => list(rule, 'a list of objects').prefault([]);

/** The keys that Mesos-DNS does not have: which tasks get names, and what is told of them. */
export const PUBLISH_FIELDS = {
  publishInclude: row(
    'names',
    rules(),
    'Only tasks that one of these rules fits get names; without rules all do. A rule has `framework`, `role` or `label` (`KEY` or `KEY=VALUE`) or several of them, which then must all fit; `*` stands for any characters.',
  ),
  publishExclude: row(
    'names',
    rules(),
    'Tasks that one of these rules fits get no names, such as `{"label": "dns=no"}` or `{"framework": "test-*"}`.',
  ),
  publishMinVisibility: row(
    'names',
    oneOf('FRAMEWORK', 'CLUSTER', 'EXTERNAL').default('FRAMEWORK'),
    'Tasks and ports whose discovery info asks for less get no names; those without discovery info count as `CLUSTER`. Marathon says `FRAMEWORK` unless told otherwise.',
  ),
  serviceDiscovery: row(
    'names',
    yesNo().default(false),
    'Whether services can be browsed by DNS-SD (RFC 6763): PTR of `_web._tcp.marathon.mesos` leads to instances with SRV and TXT, PTR of `_services._dns-sd._udp.marathon.mesos` to services, PTR of `b._dns-sd._udp.mesos` to their domains. SRV of the service stays as it is.',
  ),
  txtLabels: row(
    'names',
    list(text('the key of a label', /^[ -<>-~]+$/), 'a list of keys').prefault([]),
    'The labels of tasks that the TXT records of `serviceDiscovery` tell, as `key=value`; anybody who may ask can read them.',
  ),
  publishInactiveSeconds: row(
    'names',
    integer(0, INT32, 'seconds').default(0),
    'How long a framework and its tasks keep their names while its scheduler is away; 0 means for ever. Make it longer than any fail-over of a scheduler takes.',
  ),
} as const;

function readLabel(value: string) {
  const [, key, wanted] = /^([^=]+)(?:=(.*))?$/s.exec(value) ?? [];
  return key === undefined ? undefined : { text: value, key, value: wanted };
}
