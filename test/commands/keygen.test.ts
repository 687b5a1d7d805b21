import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { FakeShell } from '../fakes/shell.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesonym-keygen-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function keygen(...words: readonly string[]) {
  const shell = new FakeShell();
  const file = join(folder, 'key.pem');
  const code = await runCli(['keygen', file, ...words], '1.0.0', shell);
  return { code, file, shell };
}

test('keygen makes a key that only its owner reads, and shows its records', async () => {
  const { code, file, shell } = await keygen();
  expect(code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(shell.outLines).toEqual([
    expect.stringMatching(/^mesos\. IN DNSKEY 257 3 13 \S{88}$/),
    expect.stringMatching(/^mesos\. IN DS \d+ 13 2 [0-9A-F]{64}$/),
  ]);
});

test('keygen leaves a key that is there, and shows its records for any domain', async () => {
  const { file, shell: first } = await keygen('--algorithm', 'ed25519');
  const before = readFileSync(file, 'utf8');
  const { shell: second } = await keygen('--domain', 'example.org');
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(first.outLines[0]).toMatch(/^mesos\. IN DNSKEY 257 3 15 /);
  expect(second.outLines[0]).toBe(first.outLines[0].replace('mesos', 'example.org'));
  expect(second.outLines[1].split(' ')[6]).not.toBe(first.outLines[1].split(' ')[6]);
});

test('keygen wants a domain that is one', async () => {
  const { code, shell } = await keygen('--domain', 'a..b');
  expect(code).toBe(1);
  expect(shell.errLines.join('\n')).toContain('--domain is a..b, expected a domain name');
});
