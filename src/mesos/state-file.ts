import { createHash } from 'node:crypto';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ClusterState } from './cluster-state.ts';
import {
  type HeaderFacts,
  headerLine,
  isHeader,
  reviveAgent,
  reviveFramework,
  reviveTask,
  STATE_FILE_VERSION,
} from './state-lines.ts';

/** A state as it was kept on the disk. */
export interface SavedState {
  readonly state: ClusterState;
  /** Unix milliseconds. */
  readonly savedMs: number;
  /** The serial of the zone that was made of it; undefined before the first. */
  readonly serial: number | undefined;
}

/**
 * Why a file is not used: a closed set. `unreadable`: the system does not give it; `foreign`: not
 * ours; `version`: of another version of the format; `broken`: its checksum is wrong; `too-old`.
 */
export type StateFileFault = 'unreadable' | 'foreign' | 'version' | 'broken' | 'too-old';

/** What became of reading a file. */
export type LoadedState =
  | { readonly kind: 'loaded'; readonly saved: SavedState }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly fault: StateFileFault; readonly message: string };

const NEWLINE = 0x0a;
const LINES_AT_ONCE = 1000;
/**
 * No save takes so long: what lies beside the file for longer was left by a process that was
 * killed.
 */
const LEFT_OVER_MS = 600_000;

/**
 * Writes a state so that a crash at any moment leaves the old file or the new one, whole: into a file
 * beside it, to the disk, then renamed. Lines of JSON: a header, one for each agent, framework and
 * task, and the SHA-256 of all before it. Lets other work run now and then.
 */
export async function saveStateFile(path: string, saved: SavedState): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(beside, 'w', 0o600);
    try {
      await writeLines(file, saved);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    await syncFolder(dirname(path));
    await removeLeftovers(path, saved.savedMs);
  } catch (error) {
    await unlink(beside).catch(() => {});
    throw error;
  }
}

/**
 * Reads what `saveStateFile` wrote.
 *
 * @param maxAgeMs A file saved longer ago is not used.
 * @returns `none` when there is no file. Never throws for what is in it.
 */
export async function loadStateFile(
  path: string,
  nowMs: number,
  maxAgeMs: number,
): Promise<LoadedState> {
  let octets: Buffer;
  try {
    octets = await readFile(path);
  } catch (error) {
    if (isMissing(error)) return { kind: 'none' };
    return unusable('unreadable', path, error instanceof Error ? error.message : String(error));
  }
  return readStateFile(path, octets, nowMs, maxAgeMs);
}

async function writeLines(file: FileHandle, { state, savedMs, serial }: SavedState): Promise<void> {
  const parts = [...state.agents.values(), ...state.frameworks.values(), ...state.tasks.values()];
  const header = headerLine(state, savedMs, serial);
  const checksum = createHash('sha256');
  for (let at = -1; at < parts.length; at += at < 0 ? 1 : LINES_AT_ONCE) {
    const some = at < 0 ? [header] : parts.slice(at, at + LINES_AT_ONCE);
    const octets = Buffer.from(some.map(part => `${JSON.stringify(part)}\n`).join(''));
    checksum.update(octets);
    await file.writeFile(octets);
  }
  await file.writeFile(`${JSON.stringify({ sha256: checksum.digest('hex') })}\n`);
}

/** Makes the rename last. Not every file system lets a folder be opened for that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  if (!handle) return;
  await handle.sync().catch(() => {});
  await handle.close();
}

async function removeLeftovers(path: string, nowMs: number): Promise<void> {
  const folder = dirname(path);
  const own = `${basename(path)}.`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(own) || !/^\d+\.tmp$/.test(name.slice(own.length))) continue;
    const file = join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: nowMs }));
    if (nowMs - mtimeMs > LEFT_OVER_MS) await unlink(file).catch(() => {});
  }
}

function readStateFile(path: string, octets: Buffer, nowMs: number, maxAgeMs: number): LoadedState {
  const header = parse(octets.subarray(0, octets.indexOf(NEWLINE)));
  if (!isHeader(header)) return unusable('foreign', path, 'it was not written by Mesonym');
  if (header.version !== STATE_FILE_VERSION) {
    const wanted = `expected ${STATE_FILE_VERSION}`;
    return unusable('version', path, `it has version ${header.version}, ${wanted}`);
  }
  const body = octets.lastIndexOf(NEWLINE, -2) + 1;
  const sha256 = createHash('sha256').update(octets.subarray(0, body)).digest('hex');
  const trailer = JSON.stringify({ sha256 });
  if (octets.toString('utf8', body).trimEnd() !== trailer) {
    return unusable('broken', path, 'its checksum is wrong');
  }
  const ageMs = nowMs - header.savedMs;
  if (ageMs > maxAgeMs) {
    const seconds = `${Math.round(ageMs / 1000)} s old, expected at most ${Math.round(maxAgeMs / 1000)} s`;
    return unusable('too-old', path, `it is ${seconds}`);
  }
  return { kind: 'loaded', saved: savedOf(header, octets.subarray(0, body)) };
}

function savedOf(header: HeaderFacts, octets: Buffer): SavedState {
  let at = octets.indexOf(NEWLINE) + 1;
  const next = <Part>(revive: (json: unknown) => Part): Part => {
    const end = octets.indexOf(NEWLINE, at);
    const part = revive(parse(octets.subarray(at, end)));
    at = end + 1;
    return part;
  };
  const agents = Array.from({ length: header.agents }, () => next(reviveAgent));
  const frameworks = Array.from({ length: header.frameworks }, () => next(reviveFramework));
  const tasks = Array.from({ length: header.tasks }, () => next(reviveTask));
  const state: ClusterState = {
    leader: header.leader,
    masters: header.masters,
    agents: new Map(agents.map(agent => [agent.id, agent])),
    frameworks: new Map(frameworks.map(framework => [framework.id, framework])),
    tasks: new Map(tasks.map(task => [task.key, task])),
    heldTasks: new Map(),
    hostAddresses: new Map(header.hostAddresses),
  };
  return { state, savedMs: header.savedMs, serial: header.serial };
}

function unusable(fault: StateFileFault, path: string, why: string): LoadedState {
  return { kind: 'unusable', fault, message: `Cannot use the saved state ${path}: ${why}` };
}

function parse(octets: Buffer): unknown {
  try {
    return JSON.parse(octets.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
