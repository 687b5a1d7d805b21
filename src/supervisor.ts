import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Notice, Supervisor } from './commands/index.ts';
import { loadSystemCalls, type SystemCalls } from './server/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * systemd, if it started this process as a unit with `Type=notify`: it names its socket in
 * `NOTIFY_SOCKET` (sd_notify(3)), its watchdog in `WATCHDOG_USEC` and `WATCHDOG_PID`.
 */
export function ownSupervisor(
  environment: Environment,
  pid: number,
  load = () => loadSystemCalls(() => {}),
): Supervisor | undefined {
  const { NOTIFY_SOCKET: socket } = environment;
  if (socket === undefined || !/^[/@]./.test(socket)) return undefined;
  const send = sender(socket, load());
  return {
    watchdogMs: watchdogMs(environment, pid),
    tell: async notice => {
      const nowUs = process.hrtime.bigint() / 1000n;
      try {
        await send(assignmentsOf(notice, nowUs));
      } catch {
        // A manager that does not listen must not hurt the server; it acts by its own time limits.
      }
    },
  };
}

/** What sd_notify(3) says for it; `nowUs` is CLOCK_MONOTONIC in microseconds. */
export function assignmentsOf(notice: Notice, nowUs: bigint): readonly string[] {
  switch (notice.kind) {
    case 'ready':
      return ['READY=1', `STATUS=${notice.status}`];
    case 'alive':
      return ['WATCHDOG=1', `STATUS=${notice.status}`];
    case 'status':
      return [`STATUS=${notice.status}`];
    case 'reloading':
      return ['RELOADING=1', `MONOTONIC_USEC=${nowUs}`, 'STATUS=reading the config again'];
    case 'stopping':
      return ['STOPPING=1', 'STATUS=ending'];
    case 'succeeded':
      return [`MAINPID=${notice.pid}`];
    default:
      return notice satisfies never;
  }
}

function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: Environment, pid: number): number | undefined {
  const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid);
  const microseconds = Number(WATCHDOG_USEC ?? 0);
  return isOurs && microseconds > 0 ? microseconds / 1000 : undefined;
}

/** Node has no datagrams of this kind: by system calls, or by systemd's own program. */
function sender(
  socket: string,
  loading: Promise<SystemCalls | undefined>,
): (assignments: readonly string[]) => Promise<void> {
  return async assignments => {
    const calls = await loading;
    if (calls) calls.sendLocal(socket, Buffer.from(assignments.join('\n')));
    else
      await promisify(execFile)('systemd-notify', [...assignments], {
        env: { ...process.env, NOTIFY_SOCKET: socket },
      });
  };
}
