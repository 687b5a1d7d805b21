/** What signing counts. */
export const DNSSEC_COUNTERS = [
  'signatures_made',
  /** Taken from those made before. */
  'signatures_kept',
  /** Not made, as too many were asked for at once: SERVFAIL. */
  'signatures_refused',
] as const;

export type DnssecCounter = (typeof DNSSEC_COUNTERS)[number];
