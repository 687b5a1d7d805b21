import { type DomainName, parentName } from '../dns/index.ts';
import type { Upstream } from './upstream.ts';

/**
 * Which upstreams a name is asked from: those of the longest zone it lies in, else the general
 * ones.
 */
export class Routes {
  readonly #general: readonly Upstream[];
  readonly #zones: ReadonlyMap<DomainName, readonly Upstream[]>;

  constructor(general: readonly Upstream[], zones: ReadonlyMap<DomainName, readonly Upstream[]>) {
    this.#general = general;
    this.#zones = zones;
  }

  /** Perhaps an empty list: nobody is to be asked. */
  find(name: DomainName): readonly Upstream[] {
    if (this.#zones.size === 0) return this.#general;
    for (let at = name; at !== '.'; at = parentName(at)) {
      const upstreams = this.#zones.get(at);
      if (upstreams) return upstreams;
    }
    return this.#general;
  }
}
