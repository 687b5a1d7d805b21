import type { Cancel, Clock, Log } from '../runtime/index.ts';
import type { ClusterState } from './cluster-state.ts';
import { saveStateFile } from './state-file.ts';

export interface StateKeeperOptions {
  readonly path: string;
  /** At least so long between two saves. */
  readonly everyMs: number;
  /** What is to be saved now; undefined when there is nothing yet. */
  readonly current: () => KeptState | undefined;
}

export interface KeptState {
  readonly state: ClusterState;
  readonly serial: number | undefined;
}

export interface StateKeeperWorld {
  readonly clock: Clock;
  readonly log: Log;
}

export interface StateKeeperStatus {
  /** Saves since the start, by how they ended. */
  readonly good: number;
  readonly failed: number;
  /** Milliseconds since the last good one; undefined before the first. */
  readonly ageMs: number | undefined;
}

/** Keeps the state on the disk. */
export interface StateKeeper {
  /** Says that there is something new to save; it is saved within `everyMs`. */
  changed(): void;
  status(): StateKeeperStatus;
  /** Saves what is not saved yet, and stops. */
  close(): Promise<void>;
}

/** Saves soon after changes, one save at a time. Failing is one log line, until it succeeds again. */
export function keepStateFile(
  { path, everyMs, current }: StateKeeperOptions,
  { clock, log }: StateKeeperWorld,
): StateKeeper {
  let isDirty = false;
  let isFailing = false;
  let isClosed = false;
  let savedMs: number | undefined;
  const saves = { good: 0, failed: 0 };
  let waiting: Cancel | undefined;
  let saving: Promise<void> = Promise.resolve();

  const save = async () => {
    const kept = isDirty ? current() : undefined;
    if (!kept) return;
    isDirty = false;
    try {
      await saveStateFile(path, { ...kept, savedMs: clock.now() });
      if (isFailing) log.info('the state is saved again', { path });
      isFailing = false;
      saves.good++;
      savedMs = clock.monotonic();
    } catch (error) {
      isDirty = true;
      saves.failed++;
      if (!isFailing) log.error('the state cannot be saved', { path, error: String(error) });
      isFailing = true;
    }
  };
  const wait = () => {
    if (waiting || isClosed) return;
    waiting = clock.after(everyMs, () => {
      saving = save().then(() => {
        waiting = undefined;
        if (isDirty) wait();
      });
    });
  };

  return {
    changed: () => {
      isDirty = true;
      wait();
    },
    status: () => ({
      ...saves,
      ageMs: savedMs === undefined ? undefined : clock.monotonic() - savedMs,
    }),
    close: async () => {
      isClosed = true;
      waiting?.();
      await saving;
      await save();
    },
  };
}
