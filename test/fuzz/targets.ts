import { recordIoTarget, stateTarget } from './cluster-targets.ts';
import type { FuzzTarget } from './fuzz.ts';
import { queryTarget, upstreamTarget } from './message-targets.ts';
import { tcpTarget, zookeeperTarget } from './stream-targets.ts';
import { transferTarget } from './transfer-targets.ts';

/** Every reader of what strangers send. */
export const FUZZ_TARGETS: readonly (() => FuzzTarget)[] = [
  queryTarget,
  upstreamTarget,
  tcpTarget,
  zookeeperTarget,
  stateTarget,
  recordIoTarget,
  transferTarget,
];
