import { describe, expect, test } from 'vitest';
import type { FrameworkId } from '../../src/mesos/index.ts';
import { enumerate, type IpSource } from '../../src/records/index.ts';
import { isAskable } from '../../src/records/published-name.ts';
import { clusterWith, frameworkWith, rulesWith, taskWith } from '../fakes/cluster.ts';
import { fixture, stateOf } from '../fakes/state-file.ts';
import { recordLine } from '../fakes/zone-text.ts';

const listed = (...args: Parameters<typeof enumerate>) =>
  Array.from(enumerate(...args), ({ name, tasks }) => ({
    name,
    tasks: Array.from(tasks, ({ id, records }) => ({ id, records: records.map(recordLine) })),
  }));

test('a record an earlier task made is not repeated', () => {
  const state = clusterWith({ tasks: [taskWith({ id: 'a' }), taskWith({ id: 'b' })] });
  const [{ tasks }] = listed(state, rulesWith());
  expect(tasks.map(({ records }) => records.length)).toEqual([4, 2]);
  expect(tasks[1].records.every(line => line.startsWith('web-'))).toBe(true);
});

test('a record that a framework’s name has already is not repeated', () => {
  const twin = {
    id: 'twin' as FrameworkId,
    name: 'web.marathon',
    pid: { host: '172.17.0.2', port: 1 },
  };
  const state = clusterWith({
    frameworks: [frameworkWith(), frameworkWith(twin)],
    tasks: [taskWith()],
  });
  const [{ tasks }] = listed(state, rulesWith());
  expect(tasks[0].records).toHaveLength(3);
  expect(tasks[0].records).not.toContain('web.marathon.mesos. A 172.17.0.2');
});

test('tasks that do not run, and those on unknown agents, are left out; empty frameworks are not', () => {
  const state = clusterWith({ tasks: [taskWith({ state: 'TASK_STAGING' })] });
  expect(listed(state, rulesWith())).toEqual([{ name: 'marathon', tasks: [] }]);
});

interface ListingJson {
  readonly frameworks: readonly {
    readonly name: string;
    readonly tasks: readonly {
      readonly id: string;
      readonly name: string;
      readonly records: readonly { name: string; host: string; rtype: string }[] | null;
    }[];
  }[];
}

describe.each([
  { name: 'small-mixed', options: {} },
  {
    name: 'awkward-names',
    options: { ipSources: ['mesos', 'docker', 'netinfo', 'host'] as readonly IpSource[] },
  },
])('golden $name', ({ name, options }) => {
  const golden = JSON.parse(fixture(`oracle/golden-${name}.json.gz`)) as {
    http: { path: string; body?: { json?: ListingJson } }[];
  };
  const wanted = golden.http.find(({ path }) => path === '/v1/enumerate')!.body!.json!;
  const state = stateOf(fixture(`oracle/state-${name}.json.gz`), ['127.0.0.1:25050']);

  test('lists the reference’s frameworks, tasks and records, but for those nobody can ask for', () => {
    const canAsk = (text: string) =>
      isAskable(text) && !text.split('.').slice(0, -1).some(isNoLabel);
    const ours = Array.from(enumerate(state, rulesWith(options)), ({ name: framework, tasks }) =>
      Array.from(tasks, task => [
        framework,
        task.name,
        task.id,
        task.records.map(recordText).toSorted(),
      ]),
    ).flat();
    const theirs = wanted.frameworks.flatMap(framework =>
      framework.tasks.map(task => [
        framework.name,
        task.name,
        task.id,
        (task.records ?? [])
          .filter(record => canAsk(record.name))
          .filter(({ rtype, host }) => rtype !== 'SRV' || canAsk(host.replace(/:\d+$/, '')))
          .map(record => `${record.name} ${record.rtype} ${record.host}`)
          .toSorted(),
      ]),
    );
    const sorted = (rows: readonly unknown[]) => rows.map(row => JSON.stringify(row)).toSorted();
    expect(ours.length).toBeGreaterThan(10);
    expect(sorted(ours)).toEqual(sorted(theirs));
  });
});

function isNoLabel(text: string): boolean {
  return text.length === 0 || text.length > 63;
}

function recordText(record: Parameters<typeof recordLine>[0]): string {
  if (record.type !== 'SRV') return recordLine(record);
  return `${record.owner} SRV ${record.target}:${record.port}`;
}
