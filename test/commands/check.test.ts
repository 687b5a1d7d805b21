import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { FakeShell } from '../fakes/shell.ts';
import { PROJECT } from '../paths.ts';

test('check says what is published for secondaries, and keeps their secret', async () => {
  const shell = new FakeShell();
  const file = join(PROJECT, 'config/secondaries/mesonym.json');
  expect(await runCli(['check', '--config', file], '1.0.0', shell)).toBe(0);
  expect(shell.errLines).toContain('published: mesos. 60 IN NS ns2.mesos.');
  expect(shell.errLines).toContain('published: ns2.mesos. 60 IN A 192.0.2.10');
  expect(shell.outLines.join()).not.toContain('Y2hhbmdl');
});
