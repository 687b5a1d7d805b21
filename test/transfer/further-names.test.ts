import { afterEach, expect } from 'vitest';
import { type FollowingServers, PROGRAMS, startFollowing } from '../fakes/following-servers.ts';
import { testWith } from '../fakes/real-programs.ts';
import { output } from '../fakes/real-secondaries.ts';

const SETTINGS = {
  staticRecords: [
    { name: 'db', type: 'A', value: '10.1.2.3' },
    { name: '_db._tcp', type: 'SRV', value: '5 10 5432 db' },
    { name: 'db', type: 'TXT', value: `a "quoted" text; ${'é'.repeat(200)}` },
    { name: 'back', type: 'PTR', value: 'db' },
  ],
  aliases: { store: 'db', market: 'store', out: 'www.example.org.', lost: 'nobody' },
  groupNames: true,
  agentNames: true,
  addressNames: true,
  portIndexNames: true,
  // What no notification brings comes too late.
  SOARefresh: 3600,
  SOARetry: 600,
};

const realTest = testWith(...PROGRAMS, 'dig');

let setting: FollowingServers | undefined;
afterEach(() => setting?.close());

/** The code and the answers of a server. */
async function ask(port: number, name: string, type: string): Promise<string> {
  const words = ['@127.0.0.1', '-p', `${port}`, '+norecurse', '+noall', '+comments', '+answer'];
  const said = await output('dig', [...words, name, type]);
  const lines = said
    .split('\n')
    .filter(line => /^[a-z_].* IN |status:/.test(line.replaceAll(/\s+/g, ' ')));
  return lines.map(line => line.replaceAll(/\s+/g, ' ').replace(/, id: .*/, '')).join('\n');
}

realTest(
  'further names go to knotd, nsd and named, which answer with them as we do',
  async () => {
    setting = await startFollowing(1, SETTINGS);
    const { primary, secondaries } = setting;
    const zone = (await primary.zone()).join('\n');
    for (const line of [
      'market.mesos. 60 IN CNAME store.mesos.',
      '_db._tcp.mesos. 60 IN SRV 5 10 5432 db.mesos.',
    ]) {
      expect(zone).toContain(line);
    }
    expect(zone).toMatch(/^web\.shop\.marathon\.agentip\.mesos\.|^\S+\.agent\.mesos\. 60 IN A/m);
    for (const [name, type] of [
      ['market.mesos', 'A'],
      ['market.mesos', 'SRV'],
      ['market.mesos', 'CNAME'],
      ['lost.mesos', 'A'],
      ['back.mesos', 'PTR'],
      ['db.mesos', 'TXT'],
    ] as const) {
      const own = await ask(primary.port, name, type);
      for (const { program, port } of secondaries) {
        expect(`${program}: ${await ask(port, name, type)}`).toBe(`${program}: ${own}`);
      }
    }
    await primary.churn(30);
    await setting.untilEqual();
    await primary.reload({ ...SETTINGS, aliases: { market: 'nobody' }, agentNames: false });
    await setting.untilEqual();
    expect(await ask(secondaries[0].port, 'market.mesos', 'A')).toMatch(
      /NXDOMAIN[\s\S]*nobody\.mesos/,
    );
    expect((await primary.zone()).join('\n')).not.toMatch(/\.agent\.mesos\.|store\.mesos/);
  },
  60_000,
);
