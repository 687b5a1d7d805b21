/**
 * The zone for other DNS servers. In: transfer queries, and each difference of the zone. Out: the
 * messages of AXFR and IXFR, and notifications to secondaries. Rules: RFC 5936, RFC 1995, RFC 1996,
 * RFC 7314, RFC 8945.
 */
export {
  Notifier,
  type Secondary,
  type SecondaryStatus,
} from './notifier.ts';
export { type NotifySocket, notifySocket } from './notify-socket.ts';
export { SIGNATURE_COUNTERS, signedHandler } from './signed-handler.ts';
export { isTransferQuery } from './transfer-messages.ts';
export {
  type RespondToTransfer,
  type SentTransfer,
  type TransferOutcome,
  type TransferSource,
  transferResponder,
  transferRoom,
} from './transfer-responder.ts';
export type { TransferZone } from './transfer-zone.ts';
export {
  type TsigKey,
  tsigSigner,
  verifyTsig,
} from './tsig.ts';
export { zoneDifference } from './zone-difference.ts';
export {
  GONE_REASONS,
  type GoneReason,
  type HistoryEntry,
  type HistoryLimits,
  ZoneHistory,
} from './zone-history.ts';
