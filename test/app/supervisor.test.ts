import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { assignmentsOf, ownSupervisor } from '../../src/supervisor.ts';
import { receiveNotices } from '../fakes/notify-receiver.ts';
import { type OwnProcess, startOwnProcess } from '../fakes/own-process.ts';
import { testWith } from '../fakes/real-programs.ts';
import { stateJson } from '../fakes/state-json.ts';
import { startStaticMaster } from '../fakes/static-master.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesonym-supervisor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const config = join(folder, 'config.json');

/** `mesonym serve` as systemd starts it, behind a master that answers. */
async function serveFor(socket: string): Promise<OwnProcess> {
  const services = [{ name: 'web', instances: [['10.9.8.1']] }];
  const master = await startStaticMaster(stateJson('127.0.0.1:5050', services));
  onTestFinished(() => master.close());
  writeConfig({ masters: [`127.0.0.1:${master.port}`], ttl: 60 });
  return startOwnProcess(['serve', '--config', config], undefined, {
    NOTIFY_SOCKET: socket,
    WATCHDOG_USEC: '600000',
  });
}

function writeConfig(settings: Record<string, unknown>): void {
  const usual = { listener: '127.0.0.1', port: 0, httpOn: false, lameduckSeconds: 0 };
  writeFileSync(config, JSON.stringify({ ...usual, externalOn: false, ...settings }));
}

testWith('python3').each([
  { kind: 'a path', socket: join(folder, 'notify') },
  { kind: 'an abstract name', socket: `@mesonym-test-${process.pid}` },
])('$kind hears of the start, signs of life, reload and end', async ({ socket }) => {
  const manager = await receiveNotices(socket);
  const server = await serveFor(socket);
  const ready = await manager.next('READY=1');
  expect(ready.pid).toBe(server.child.pid);
  expect(ready.lines[1]).toMatch(
    /^STATUS=live: 1 tasks on \d+ agents, zone \d+, leader [\d.:]+, threads answering: 1$/,
  );
  await manager.next('WATCHDOG=1');
  await manager.next('WATCHDOG=1');
  server.child.kill('SIGHUP');
  const reloading = await manager.next('RELOADING=1');
  expect(reloading.lines).toContainEqual(expect.stringMatching(/^MONOTONIC_USEC=\d+$/));
  await manager.next('READY=1');
  server.child.kill('SIGTERM');
  await manager.next('STOPPING=1');
});

testWith('python3', 'unshare')(
  'a hot restart moves the main process, and life goes on',
  async () => {
    const socket = join(folder, 'hand-over');
    const manager = await receiveNotices(socket);
    const server = await serveFor(socket);
    await manager.next('READY=1');
    server.child.kill('SIGQUIT');
    const told = await manager.next(/^MAINPID=/);
    expect(told.pid).toBe(server.child.pid);
    const successor = Number(told.lines[0].slice('MAINPID='.length));
    onTestFinished(() => void process.kill(successor, 'SIGTERM'));
    expect(successor).not.toBe(server.child.pid);
    for (const { pid, lines } of [
      await manager.next('WATCHDOG=1'),
      await manager.next('WATCHDOG=1'),
    ]) {
      expect({ pid, lines }).toEqual({ pid: successor, lines });
    }
    expect(manager.told.flatMap(({ lines }) => lines)).not.toContain('STOPPING=1');
  },
);

testWith('python3', 'systemd-notify')('without FFI, systemd-notify says it', async () => {
  const socket = join(folder, 'without-ffi');
  const manager = await receiveNotices(socket);
  const environment = { NOTIFY_SOCKET: socket };
  const supervisor = ownSupervisor(environment, process.pid, async () => undefined);
  await supervisor?.tell({ kind: 'ready', status: 'live: 3 tasks' });
  const { lines } = await manager.next('READY=1');
  expect(lines).toContain('STATUS=live: 3 tasks');
});

test.each([
  { why: 'no manager', environment: {} },
  { why: 'an address of another kind', environment: { NOTIFY_SOCKET: 'vsock:2:1' } },
])('tells nobody: $why', ({ environment }) => {
  expect(ownSupervisor(environment, 1)).toBeUndefined();
});

test.each([
  { why: 'in milliseconds', more: { WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }, ms: 60_000 },
  { why: 'that is for anybody', more: { WATCHDOG_USEC: '60000000' }, ms: 60_000 },
  {
    why: 'of another process',
    more: { WATCHDOG_USEC: '60000000', WATCHDOG_PID: '8' },
    ms: undefined,
  },
  { why: 'that is off', more: {}, ms: undefined },
])('a watchdog $why', ({ more, ms }) => {
  expect(ownSupervisor({ NOTIFY_SOCKET: '/run/notify', ...more }, 7)?.watchdogMs).toBe(ms);
});

test('a manager that has gone away costs nothing', async () => {
  const supervisor = ownSupervisor({ NOTIFY_SOCKET: join(folder, 'nobody') }, 7);
  await expect(supervisor?.tell({ kind: 'stopping' })).resolves.toBeUndefined();
});

test('a reload tells since when, by the monotonic clock', () => {
  expect(assignmentsOf({ kind: 'reloading' }, 12_345n)).toEqual([
    'RELOADING=1',
    'MONOTONIC_USEC=12345',
    'STATUS=reading the config again',
  ]);
});
