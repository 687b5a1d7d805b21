/** For instance `{ path: 'ttl', found: '-1', wanted: '0 to 2147483647 seconds' }`. */
export interface ConfigFault {
  readonly path: string;
  /** What stands there, as JSON; never a secret. */
  readonly found: string;
  readonly wanted: string;
}

/** Raised when a config cannot be used. Holds every fault, so one edit mends all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'ERR_CONFIG';
  readonly faults: readonly ConfigFault[];

  /** `file` is the path of the config file, or a word for where the settings came from. */
  constructor(file: string, faults: readonly ConfigFault[], cause?: unknown) {
    const lines = faults.map(
      ({ path, found, wanted }) => `${path} is ${found}, expected ${wanted}`,
    );
    super(`Cannot use ${file}: ${lines.join('; ')}`, { cause });
    this.faults = faults;
  }
}
