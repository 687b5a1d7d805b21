import type { ProcessCounters } from '../commands/index.ts';
import type { DomainName } from '../dns/index.ts';
import type { FollowerStatus, StateKeeperStatus } from '../mesos/index.ts';
import type { RecordBook } from '../records/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { GoneReason, TransferOutcome } from '../transfer/index.ts';
import type { ServingState, Zone } from '../zone/index.ts';
import type { AnswerThreads } from './answer-threads.ts';
import type { Publisher } from './publisher.ts';
import type { TransferTurns } from './transfer-turns.ts';
import type { ZonesReport } from './transfers.ts';

/** What is true of the running server, to be asked at any time: for metrics, status and readiness. */
export interface Facts {
  readonly version: string;
  readonly clock: Clock;
  readonly startedMs: number;
  readonly zone: Zone;
  readonly reverseZones: readonly Zone[];
  readonly publisher: Publisher;
  readonly book: RecordBook;
  readonly threads: AnswerThreads | undefined;
  readonly transfers: () => ReadonlyMap<TransferOutcome, number>;
  readonly transfersGone: () => ReadonlyMap<GoneReason, number>;
  readonly transferTurns: Pick<TransferTurns, 'atWork' | 'waiting' | 'delayed'>;
  readonly secondaries: () => readonly ZonesReport[];
  readonly serving: () => ServingState;
  readonly follower: () => FollowerStatus;
  /** Undefined where nothing is kept on the disk. */
  readonly snapshot: () => StateKeeperStatus | undefined;
  /** Has the state of the cluster read again. */
  readonly refresh: () => void;
  readonly flush: (name?: DomainName) => void;
  readonly isClosing: () => boolean;
  readonly processCounters: ProcessCounters | undefined;
}
