import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { FakeShell, FakeSupervisor } from '../fakes/shell.ts';
import { settle } from '../fakes/simulated-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesonym-serve-'));
const file = join(folder, 'config.json');
let shell: FakeShell;

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  shell = new FakeShell();
  writeConfig({});
});

function writeConfig(more: Record<string, unknown>): void {
  const settings = { masters: ['127.0.0.1:5050'], lameduckSeconds: 4, logLevel: 'error', ...more };
  writeFileSync(file, JSON.stringify(settings));
}

async function started(): Promise<{ readonly code: Promise<number> }> {
  const code = runCli(['serve', '--config', file], '1.0.0', shell);
  await shell.app.started.promise;
  await settle();
  return { code };
}

test('SIGTERM drains for the lameduck time, and leaves nothing behind', async () => {
  const { code } = await started();
  shell.signal('SIGTERM');
  expect(await code).toBe(0);
  expect(shell.app.done).toEqual(['start ttl 60', 'close 4']);
  expect(shell.listening).toBe(0);
});

test('SIGINT ends at once', async () => {
  const { code } = await started();
  shell.signal('SIGINT');
  expect(await code).toBe(0);
  expect(shell.app.done.at(-1)).toBe('close 0');
});

test('a second signal does not wait for the drain', async () => {
  shell.app.drained = new Promise(() => {});
  const { code } = await started();
  shell.signal('SIGTERM');
  shell.signal('SIGTERM');
  expect(await code).toBe(0);
  expect(shell.app.done.filter(what => what.startsWith('close'))).toHaveLength(1);
});

test('SIGUSR1 flushes, SIGUSR2 refreshes, SIGHUP takes a new config, and a bad one leaves the old in force', async () => {
  const { code } = await started();
  shell.signal('SIGUSR1');
  shell.signal('SIGUSR2');
  writeConfig({ ttl: 7, lameduckSeconds: 1 });
  shell.signal('SIGHUP');
  await settle();
  writeConfig({ ttl: -1, lameduckSeconds: 2 });
  shell.signal('SIGHUP');
  await settle();
  writeConfig({ ttl: 13, lameduckSeconds: 3 });
  shell.signal('SIGHUP');
  await settle();
  shell.signal('SIGTERM');
  expect(await code).toBe(0);
  expect(shell.app.done).toEqual(['start ttl 60', 'flush', 'refresh', 'reload ttl 7', 'close 1']);
  // Reloads that were taken, and those that were not.
  expect(shell.app.counts().slice(0, 2)).toEqual([1, 2]);
});

test('an error that nobody caught is counted, and the cluster is read again', async () => {
  const { code } = await started();
  shell.fail(new Error('lost'));
  shell.fail('not even an error');
  shell.signal('SIGINT');
  expect(await code).toBe(0);
  expect(shell.app.done).toEqual(['start ttl 60', 'refresh', 'refresh', 'close 0']);
  expect(shell.app.counts()).toEqual([0, 0, 2, 0, 0]);
});

test('SIGQUIT hands over to a successor and ends', async () => {
  const { code } = await started();
  shell.signal('SIGQUIT');
  expect(await code).toBe(0);
  expect(shell.app.done).toEqual(['start ttl 60', 'hand over 3 4', 'close 0']);
});

test('a successor that does not answer leaves this process where it is', async () => {
  const { code } = await started();
  shell.successorFailure = new Error('it ended with 1');
  shell.signal('SIGQUIT');
  await settle();
  expect(shell.app.done).toEqual(['start ttl 60']);
  shell.signal('SIGINT');
  expect(await code).toBe(0);
});

test('a service manager hears of start, reload and end', async () => {
  const supervisor = new FakeSupervisor();
  shell.supervisor = supervisor;
  const { code } = await started();
  shell.signal('SIGHUP');
  await settle();
  writeConfig({ ttl: -1 });
  shell.signal('SIGHUP');
  await settle();
  shell.signal('SIGTERM');
  expect(await code).toBe(0);
  const kinds = supervisor.told.map(({ kind }) => kind);
  const reload = ['reloading', 'ready'];
  expect(kinds).toEqual(['status', 'ready', ...reload, ...reload, 'stopping']);
});

test('a service manager hears who has succeeded, and of no end', async () => {
  const supervisor = new FakeSupervisor();
  shell.supervisor = supervisor;
  const { code } = await started();
  shell.signal('SIGQUIT');
  expect(await code).toBe(0);
  expect(supervisor.told.at(-1)).toEqual({ kind: 'succeeded', pid: 4711 });
  expect(supervisor.told.map(({ kind }) => kind)).not.toContain('stopping');
});

test('a successor leaves the word to the older process until it answers', async () => {
  const supervisor = new FakeSupervisor();
  shell.supervisor = supervisor;
  const announce = async () => void shell.app.done.push('announced');
  shell.inheritance = { descriptors: [3], announce };
  const { code } = await started();
  expect(supervisor.told).toEqual([]);
  await shell.app.world?.onSucceeded?.();
  await settle();
  expect(shell.app.done).toContain('announced');
  expect(supervisor.told.map(({ kind }) => kind)).toContain('ready');
  shell.signal('SIGINT');
  expect(await code).toBe(0);
});

test('a server that cannot start fails', async () => {
  shell.app.failure = new Error('port in use');
  expect(await runCli(['serve', '--config', file], '1.0.0', shell)).toBe(1);
});
