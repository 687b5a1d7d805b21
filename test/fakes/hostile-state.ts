/** Names as those choose them who can launch a task. */
export const HOSTILE_NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '.',
  '..',
  '-',
  '*',
  '@',
  'mesos',
  'slave',
  'leader',
  '_tcp',
  'a.b.c',
  'a..b',
  'sp ace',
  'tab\tnew\nline\r',
  '\u001b[31mred\u0007',
  '"quote\\',
  'nul\u0000nul',
  '\ud800lone',
  'émoji-😀-名前',
  '<script>alert(1)</script>',
  '$(reboot)',
  '../../etc/passwd',
  '; DROP TABLE tasks;',
  'x'.repeat(63),
  'x'.repeat(64),
  'y'.repeat(300),
  'z'.repeat(100_000),
  `${'l.'.repeat(200)}l`,
  '-'.repeat(10_000),
];

export interface HostileTask {
  readonly name: string;
  readonly ports?: string;
  readonly address?: string;
}

/** A `/state` whose framework is called `framework`; every task has discovery info, labels and ids of its name. */
export function hostileState(framework: string, tasks: readonly HostileTask[]): Buffer {
  const state = {
    version: '1.12.0',
    leader: 'master@127.0.0.1:5050',
    pid: 'master@127.0.0.1:5050',
    elected_time: 1_700_000_000,
    slaves: [{ id: 'S0', hostname: 'agent', pid: 'slave(1)@10.9.1.1:5051', active: true }],
    recovered_slaves: [],
    frameworks: [
      { id: 'F0', name: 'marathon', active: true, tasks: [task({ name: 'web' }, 0, 'F0')] },
      {
        id: 'F1',
        name: framework,
        active: true,
        tasks: tasks.map((each, index) => task(each, index, 'F1')),
      },
    ],
    orphan_tasks: [],
  };
  return Buffer.from(JSON.stringify(state));
}

function task(
  { name, ports = '', address = '10.9.8.1' }: HostileTask,
  index: number,
  framework: string,
) {
  return {
    id: `${name}.${index}`,
    name,
    framework_id: framework,
    slave_id: 'S0',
    state: 'TASK_RUNNING',
    resources: { ports },
    labels: [{ key: name, value: name }],
    ...(index % 2 === 1 && {
      discovery: {
        visibility: 'EXTERNAL',
        name,
        ports: { ports: [{ number: 80 + index, name, protocol: name }] },
        labels: { labels: [{ key: name, value: name }] },
      },
    }),
    statuses: [
      {
        state: 'TASK_RUNNING',
        timestamp: index,
        labels: [{ key: name, value: name }],
        container_status: { network_infos: [{ ip_addresses: [{ ip_address: address }] }] },
      },
    ],
  };
}
