import type { Serial } from '../dns/index.ts';
import type { ClusterState } from '../mesos/index.ts';
import type { Exposition } from '../metrics/index.ts';
import type { InactiveSince } from './dormant-frameworks.ts';
import type { KnownZone } from './kept-history.ts';
import type { Listening } from './listening.ts';

/** What a generation is given beside its config. */
export interface GenerationParts {
  readonly version: string;
  /** Undefined where DNS is off. */
  readonly listening: Listening | undefined;
  /** What is known before any master is asked, and the serial that the first one is newer than. */
  readonly restored: ClusterState | undefined;
  readonly serial: Serial | undefined;
  /** What secondaries know of the zone from before. */
  readonly known: KnownZone | undefined;
  /** Since when frameworks are known to be inactive. */
  readonly inactiveSince?: InactiveSince;
  /** Resolves when nothing older answers any more, be it of this process or of another. */
  readonly alone: Promise<void>;
  readonly isClosing: () => boolean;
  /** When the process started, by the monotonic clock. */
  readonly startedMs: number;
  readonly exposition: Exposition;
}
