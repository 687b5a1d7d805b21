import type { Config } from '../config/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { SecondaryStatus, SentTransfer } from '../transfer/index.ts';

type Configured = Config['secondaries'][number];

/** A configured secondary: how far it has been told, and what it last took. */
export interface SecondaryReport extends SecondaryStatus {
  /** Its name in the NS records; undefined where it has none. */
  readonly name: string | undefined;
  readonly lastTransfer: LastTransfer | undefined;
}

/** A transfer that was taken to its end. */
export interface LastTransfer {
  readonly outcome: SentTransfer['outcome'];
  readonly transport: 'udp' | 'tcp';
  /** The serial it had; undefined when it asked for the whole zone. */
  readonly askedSerial: number | undefined;
  readonly sentSerial: number;
  /** When, in Unix milliseconds. */
  readonly atMs: number;
}

/** Remembers the last transfer of each secondary of the config. */
export class SecondaryReports {
  readonly #configured: readonly Configured[];
  readonly #clock: Clock;
  readonly #last = new Map<Configured, LastTransfer>();

  constructor(configured: readonly Configured[], clock: Clock) {
    this.#configured = configured;
    this.#clock = clock;
  }

  /** Secondaries that share an address and a key cannot be told apart: it is noted for each. */
  add({ outcome, client, key, askedSerial, sentSerial }: SentTransfer): void {
    const atMs = this.#clock.now();
    const last = { outcome, transport: client.transport, askedSerial, sentSerial, atMs };
    const byKey = this.#configured.filter(own => own.key === undefined || own.key === key);
    const byAddress = byKey.filter(({ address }) => address.host === client.address);
    // A key counts from wherever it is used.
    const who = byAddress.length > 0 ? byAddress : byKey.filter(own => own.key !== undefined);
    for (const own of who) this.#last.set(own, last);
  }

  /** All of the config; `told` says how those that are notified stand. */
  list(told: readonly SecondaryStatus[]): readonly SecondaryReport[] {
    return this.#configured.map(own => {
      const { host: address, port } = own.address;
      const status = told.find(other => other.address === address && other.port === port);
      return {
        ...(status ?? { ...UNTOLD, address, port }),
        name: own.name,
        lastTransfer: this.#last.get(own),
      };
    });
  }
}

const UNTOLD = {
  state: 'idle',
  notifiedSerial: undefined,
  acknowledgedSerial: undefined,
  sent: 0,
} as const;
