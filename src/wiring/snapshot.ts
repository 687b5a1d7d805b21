import type { Config } from '../config/index.ts';
import { type Serial, serial } from '../dns/index.ts';
import { type ClusterState, type KeptState, loadStateFile, StateKeeper } from '../mesos/index.ts';
import type { World } from '../runtime/index.ts';
import { type KnownZone, loadHistory, pastSerial, zoneFingerprint } from './kept-history.ts';

/** At most one save in so long: a busy cluster changes all the time, and each save writes it whole. */
const SAVE_EVERY_MS = 10_000;

/** What is known before any master is asked. */
export interface SavedZone {
  readonly restored: ClusterState | undefined;
  readonly serial: Serial | undefined;
  readonly known: KnownZone | undefined;
}

/** What an earlier run left on the disk; nothing, and why, where it may not be served. */
export async function savedState(
  config: Config,
  version: string,
  { clock, log }: Pick<World, 'clock' | 'log'>,
): Promise<SavedZone> {
  const nothing = { restored: undefined, serial: undefined, known: undefined };
  const { snapshotFile, snapshotMaxAgeSeconds } = config;
  if (snapshotFile === '') return nothing;
  const loaded = await loadStateFile(snapshotFile, clock.now(), snapshotMaxAgeSeconds * 1000);
  switch (loaded.kind) {
    case 'none':
      return nothing;
    case 'unusable':
      log.warn('The snapshot is not used', { fault: loaded.fault, reason: loaded.message });
      return nothing;
    case 'loaded': {
      const { state, savedMs, serial: last } = loaded.saved;
      const ageSeconds = Math.round((clock.now() - savedMs) / 1000);
      log.info('A snapshot is served until a master answers', {
        tasks: state.tasks.size,
        ageSeconds,
      });
      const saved = last === undefined ? undefined : serial(last);
      const known = await loadHistory(config, saved, zoneFingerprint(config, version));
      return { restored: state, serial: known ? saved : pastSerial(config, saved), known };
    }
    default:
      return loaded satisfies never;
  }
}

/** Keeps on the disk what `current` gives. */
export function stateKeeper(
  { snapshotFile }: Config,
  current: () => KeptState | undefined,
  world: Pick<World, 'clock' | 'log'>,
): StateKeeper {
  return new StateKeeper({ path: snapshotFile, everyMs: SAVE_EVERY_MS, current }, world);
}
