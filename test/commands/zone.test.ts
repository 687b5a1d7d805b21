import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { FakeShell } from '../fakes/shell.ts';
import { PROJECT } from '../paths.ts';

const STATES = join(PROJECT, 'test/fixtures/mesos-real/state');
const UNREACHABLE = join(STATES, 'state-agent2-unreachable.json.gz');
const BACK = join(STATES, 'state-agent2-back.json.gz');

async function lines(...words: string[]): Promise<readonly string[]> {
  const shell = new FakeShell();
  expect(await runCli(words, '1.0.0', shell), shell.errLines.join('\n')).toBe(0);
  return shell.outLines.flatMap(text => text.split('\n'));
}

test('a zone is made of a state alone', async () => {
  const zone = await lines('zone', '--state', BACK, '--domain', 'c1.example');
  expect(zone[0]).toMatch(
    /^c1\.example\. 60 IN SOA ns1\.c1\.example\. root\.ns1\.c1\.example\. 1 60 600 86400 10$/,
  );
  expect(zone).toContain('c1.example. 60 IN NS ns1.c1.example.');
  expect(zone.some(line => line.startsWith('leader.c1.example. 60 IN A '))).toBe(true);
  expect(zone.slice(1)).toEqual(zone.slice(1).toSorted());
});

test('with --origin it is a reverse zone, whose names lead to those of the domain', async () => {
  const words = ['zone', '--state', BACK, '--reverseZones', '127.0.0.0/8'];
  const domain = await lines(...words);
  const reverse = await lines(...words, '--origin', '127.in-addr.arpa');
  expect(reverse[0]).toMatch(/^127\.in-addr\.arpa\. 60 IN SOA /);
  const pointers = reverse.filter(line => line.includes(' IN PTR '));
  expect(pointers.length).toBeGreaterThan(0);
  for (const pointer of pointers) {
    const [owner, , , , target] = pointer.split(' ');
    const address = owner.replace('.in-addr.arpa.', '').split('.').toReversed().join('.');
    expect(domain).toContain(`${target} 60 IN A ${address}`);
  }
});

test.each([
  { origin: '11.in-addr.arpa', says: /No zone begins at 11\.in-addr\.arpa\./ },
  { origin: 'x'.repeat(64), says: /not a domain name/ },
])('with --origin $origin there is none', async ({ origin, says }) => {
  const shell = new FakeShell();
  expect(await runCli(['zone', '--state', BACK, '--origin', origin], '1.0.0', shell)).toBe(1);
  expect(shell.errLines.join()).toMatch(says);
});

test.each([
  { flags: ['--listener', '10.0.0.53'], addresses: ['10.0.0.53'] },
  { flags: ['--listeners', '10.0.0.53,10.0.0.54:5353'], addresses: ['10.0.0.53', '10.0.0.54'] },
  { flags: ['--listener', '0.0.0.0'], addresses: [] },
])('with $flags the name server has the addresses it listens at', async ({ flags, addresses }) => {
  const zone = await lines('zone', '--state', BACK, ...flags);
  const own = zone.filter(line => line.startsWith('ns1.mesos. '));
  expect(own).toEqual(addresses.map(address => `ns1.mesos. 60 IN A ${address}`));
});

test('diff tells what goes and what comes, and one state is no different from itself', async () => {
  const before = new Set(await lines('zone', '--state', UNREACHABLE));
  const after = new Set(await lines('zone', '--state', BACK));
  const diff = await lines('diff', UNREACHABLE, BACK);
  expect(diff.length).toBeGreaterThan(0);
  for (const line of diff) {
    const [has, lacks] = line.startsWith('+ ') ? [after, before] : [before, after];
    expect(has.has(line.slice(2)), line).toBe(true);
    expect(lacks.has(line.slice(2)), line).toBe(false);
  }
  expect(await lines('diff', BACK, BACK)).toEqual([]);
});

test('a file that is no state is refused by name', async () => {
  const shell = new FakeShell();
  expect(await runCli(['zone', '--state', join(PROJECT, 'package.json')], '1.0.0', shell)).toBe(1);
  expect(shell.errLines.join()).toMatch(
    /Cannot read .*package\.json as a state: .*not the state of a master/,
  );
});

testWith('named-checkzone')('named takes the text for a zone', async () => {
  const zone = await lines('zone', '--state', BACK, '--listener', '10.0.0.53');
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-zone-'));
  const file = join(folder, 'mesos.zone');
  writeFileSync(file, `${zone.join('\n')}\n`);
  const checkzone = findProgram('named-checkzone')!;
  const said = execFileSync(checkzone, ['-k', 'ignore', 'mesos', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(said).toMatch(/loaded serial 1\nOK/);
});
