import { expect, test } from 'vitest';
import { demoChanges } from '../../src/commands/demo-changes.ts';
import { changeLines, invitation } from '../../src/commands/demo-text.ts';
import { cryptoRandom, systemClock } from '../../src/runtime/index.ts';
import { startCluster } from '../../src/simulator/index.ts';
import { FakeShell } from '../fakes/shell.ts';

test('a change is told record by record; what stays is not told', () => {
  const rrset = (values: string[]) => ({ owner: 'web.mesos.', type: 'A', values });
  const delta = {
    to: 8,
    removed: [rrset(['10.0.0.1', '10.0.0.2'])],
    added: [rrset(['10.0.0.2', '10.0.0.3'])],
  };
  expect(changeLines(JSON.stringify(delta))).toEqual([
    '  zone 8',
    '  - web.mesos. A 10.0.0.1',
    '  + web.mesos. A 10.0.0.3',
  ]);
});

test('four changes happen, and the instances of the start are those of the end', async () => {
  const cluster = await startCluster({ clock: systemClock(), random: cryptoRandom() });
  try {
    await cluster.launch({ id: 'apache2', instances: 2 });
    const before = cluster.running.map(({ id }) => id);
    const changes = demoChanges(cluster);
    for (let step = 0; step < 4; step++) await changes.next().value.make();
    expect(before).toHaveLength(2);
    expect(cluster.running.map(({ id }) => id)).toEqual(before);
  } finally {
    await cluster.close();
  }
});

test('the lines to paste name the ports in use', () => {
  const app = Object.assign(new FakeShell().app, {
    dns: [{ host: '127.0.0.1', port: 5300 }],
    http: 'http://127.0.0.1:8300',
  });
  const text = invitation(app, [], 'http://127.0.0.1:8400').join('\n');
  expect(text).toContain('dig @127.0.0.1 -p 5300 +noall +answer apache2.marathon.mesos');
  expect(text).toContain('curl http://127.0.0.1:8300/metrics');
  expect(text).toContain('curl -X POST http://127.0.0.1:8400/leader/kill');
});
