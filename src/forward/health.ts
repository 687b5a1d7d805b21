import type { Cancel, Clock, Random } from '../runtime/index.ts';

/** So many failures in a row make an upstream dead. */
const FAILURES_TO_DIE = 2;
/** The pause before a dead upstream is looked at again doubles from the first to the last. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;
/** How much a new round-trip time weighs, as in RFC 6298 section 2 but quicker to forget. */
const LATENCY_GAIN = 1 / 4;
const DEVIATION_GAIN = 1 / 4;

/** What health is judged with. */
export interface HealthParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Asks the upstream something and says whether it answered. */
  readonly probe: (done: (isAlive: boolean) => void) => void;
  /** Told when it dies and when it is back. */
  readonly onChange: (isHealthy: boolean) => void;
}

/** How an upstream does now. */
export interface HealthStatus {
  readonly isHealthy: boolean;
  /** Milliseconds; undefined before the first response. */
  readonly smoothedMs: number | undefined;
  /** Failures in a row. */
  readonly failures: number;
}

/**
 * Whether an upstream answers, and how fast. A dead one is probed in the background until it answers
 * again; any response, even an error, is a sign of life.
 */
export class Health {
  readonly #parts: HealthParts;
  #failures = 0;
  #smoothedMs: number | undefined;
  #deviationMs = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #cancelProbe: Cancel | undefined;
  #isClosed = false;

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  get isHealthy(): boolean {
    return this.#failures < FAILURES_TO_DIE;
  }

  /** Milliseconds; infinite before the first response. */
  get latencyMs(): number {
    return this.#smoothedMs ?? Number.POSITIVE_INFINITY;
  }

  /** A response that takes longer than this is unusual, milliseconds (RFC 6298). */
  get patienceMs(): number {
    return this.latencyMs + 4 * this.#deviationMs;
  }

  answered(elapsedMs: number): void {
    const before = this.#smoothedMs ?? elapsedMs;
    this.#deviationMs += DEVIATION_GAIN * (Math.abs(elapsedMs - before) - this.#deviationMs);
    this.#smoothedMs = before + LATENCY_GAIN * (elapsedMs - before);
    if (!this.isHealthy) this.#parts.onChange(true);
    this.#failures = 0;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#cancelProbe?.();
    this.#cancelProbe = undefined;
  }

  /** It has been silent for so long already: others go first until it shows better. */
  isSilentFor(elapsedMs: number): void {
    this.#smoothedMs = Math.max(this.#smoothedMs ?? 0, elapsedMs);
  }

  failed(): void {
    this.#failures++;
    if (this.#failures === FAILURES_TO_DIE) this.#parts.onChange(false);
    if (!this.isHealthy && !this.#cancelProbe) this.#scheduleProbe();
  }

  status(): HealthStatus {
    const { isHealthy } = this;
    return { isHealthy, smoothedMs: this.#smoothedMs, failures: this.#failures };
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelProbe?.();
    this.#cancelProbe = undefined;
  }

  #scheduleProbe(): void {
    if (this.#isClosed) return;
    const { clock, random, probe } = this.#parts;
    const pauseMs = this.#pauseMs / 2 + random.below(this.#pauseMs / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LAST_PAUSE_MS);
    this.#cancelProbe = clock.after(pauseMs, () => {
      probe(isAlive => {
        this.#cancelProbe = undefined;
        if (!isAlive) this.#scheduleProbe();
      });
    });
  }
}
