import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The server's core. */
export const SERVER_CORE = '0';
/** The generator's: one that shares no silicon with the server's, if there is one. */
export const LOAD_CORE = otherCore();
/** Where a server may use what the machine has, as it does in life. */
export const ALL_CORES = `0-${availableParallelism() - 1}`;

/** A started program with all the processes it made, pinned to one core. */
export interface ProcessGroup {
  readonly pid: number;
  /** The last lines it wrote, for error messages. */
  readonly output: () => string;
  readonly hasEnded: () => boolean;
  /** Processor time used so far, in microseconds. */
  readonly cpuUs: () => number;
  /** Proportional set size of all its processes, in MB. */
  readonly pssMb: () => number;
  /** Most memory it ever had resident, in MB. */
  readonly peakRssMb: () => number;
  stop(): Promise<void>;
}

/** Starts a program on some cores, in a process group of its own. */
export function startGroup(cores: string, command: readonly string[]): ProcessGroup {
  const child = spawn('taskset', ['-c', cores, ...command], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const note = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2_000);
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  let isOver = false;
  child.on('error', error => note(Buffer.from(String(error))));
  child.on('close', () => {
    isOver = true;
  });
  const pid = child.pid ?? 0;
  const sum = (of: (member: number) => number) =>
    members(pid).reduce((total, member) => total + of(member), 0);
  return {
    pid,
    output: () => output.trim(),
    hasEnded: () => isOver,
    cpuUs: () => sum(cpuUs),
    pssMb: () => sum(member => field(member, 'smaps_rollup', 'Pss')) / 1024,
    peakRssMb: () => sum(member => field(member, 'status', 'VmHWM')) / 1024,
    stop: () => stopGroup(child, pid, () => isOver),
  };
}

async function stopGroup(child: ChildProcess, pid: number, isOver: () => boolean): Promise<void> {
  if (isOver() || pid === 0) return;
  const closed = once(child, 'close');
  killGroup(pid);
  await closed;
}

/** Ends the whole group at once: nothing of it is kept. One that is gone already is fine. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody left to tell.
  }
}

/** The first core that is no hyper-thread of the server's; else core 1; else there is but one. */
function otherCore(): string {
  const count = availableParallelism();
  const siblings = read('/sys/devices/system/cpu/cpu0/topology/thread_siblings_list');
  const [first = 0, last = first] = siblings.split(/[-,]/).map(Number);
  const shared = siblings.includes('-') ? last : first;
  for (let core = 1; core < count; core++) {
    if (core > shared && !siblings.split(',').includes(String(core))) return String(core);
  }
  return String(Math.min(1, count - 1));
}

/** The living processes of a group. */
function members(group: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      // "pid (name) state ppid pgrp ...", and the name may hold anything.
      const stat = read(`/proc/${pid}/stat`);
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) === group;
    });
}

function cpuUs(pid: number): number {
  const threads = list(`/proc/${pid}/task`);
  const nanoseconds = threads.map(thread =>
    Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]),
  );
  return nanoseconds.reduce((sum, own) => sum + own, 0) / 1000;
}

/** A field in kB of a file below /proc/PID. */
function field(pid: number, file: string, name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/${file}`));
  return Number(line?.[1] ?? 0);
}

/** Processes end between two looks: what is gone reads as nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
