import type { RunningTask } from '../simulator/index.ts';
import type { RunningApp } from './shell.ts';

/** Lines to paste into another terminal. */
export function invitation(
  app: RunningApp,
  running: readonly RunningTask[],
  control: string,
): readonly string[] {
  const [{ host, port } = { host: '127.0.0.1', port: 53 }] = app.dns;
  const dig = `dig @${host} -p ${port} +noall +answer`;
  const urls = running.flatMap(({ name, urls: own }) => own.map(url => ({ name, url })));
  return [
    'A Mesos cluster of three masters and three agents runs in this process, and Mesonym follows it.',
    'Try in another terminal:',
    '',
    `  ${dig} apache2.marathon.mesos`,
    `  ${dig} _apache2._tcp.marathon.mesos SRV`,
    `  ${dig} rabbitmq.marathon.mesos`,
    `  ${dig} leader.mesos`,
    ...urls.map(({ name, url }) => `  curl ${url}    # ${name}`),
    ...(app.http === undefined
      ? []
      : [
          `  curl ${app.http}/v1/hosts/apache2.marathon.mesos`,
          `  curl ${app.http}/metrics`,
          '',
          `Status page: ${app.http}/`,
        ]),
    '',
    'Let something happen yourself; from then on nothing happens by itself:',
    '',
    `  curl -X POST ${control}/leader/kill    # another master is elected`,
    `  curl -X POST ${control}/apps/apache2/scale/3`,
    `  curl -X POST ${control}/apps/rabbitmq/kill`,
    `  curl -X POST ${control}/agents/1/lose    # until: ${control}/agents/1/return`,
    `  curl -X POST ${control}/zookeeper/lose    # until: ${control}/zookeeper/return`,
    `  curl ${control}/    # how the cluster is, and what else can be asked for`,
    '',
    'Every few seconds something happens; Ctrl-C ends it.',
  ];
}

interface RRsetFacts {
  readonly owner: string;
  readonly type: string;
  readonly values: readonly string[];
}

interface DeltaFacts {
  readonly to: number;
  readonly removed: readonly RRsetFacts[];
  readonly added: readonly RRsetFacts[];
}

/** A delta of `/v1/watch` for people: a record a line, with what went and what came. */
export function changeLines(json: string): readonly string[] {
  const { to, removed, added } = JSON.parse(json) as DeltaFacts;
  const before = recordLines(removed);
  const after = recordLines(added);
  return [
    `  zone ${to}`,
    ...[...before].filter(line => !after.has(line)).map(line => `  - ${line}`),
    ...[...after].filter(line => !before.has(line)).map(line => `  + ${line}`),
  ];
}

function recordLines(rrsets: readonly RRsetFacts[]): ReadonlySet<string> {
  return new Set(
    rrsets.flatMap(({ owner, type, values }) => values.map(value => `${owner} ${type} ${value}`)),
  );
}
