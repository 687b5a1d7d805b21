import {
  type ApiOptions,
  type ApiServer,
  type Refusal,
  startApi,
  type ZoneWatch,
} from '../api/index.ts';
import type { Config } from '../config/index.ts';
import type { Exposition } from '../metrics/index.ts';
import type { NamingRules } from '../records/index.ts';
import { sleep, type World } from '../runtime/index.ts';
import { apiGuard, apiSources } from './api-sources.ts';
import type { Facts } from './facts.ts';
import { QueryRate } from './status.ts';

/** What HTTP tells of. */
export interface HttpSubject {
  readonly rules: NamingRules;
  readonly watch: ZoneWatch;
  readonly facts: Facts;
  readonly exposition: Exposition;
}

/** How long between two tries at a port that is still taken. */
const PAUSE_MS = 50;

/** Serves HTTP as the config says; a port that is taken is tried again for `patienceMs`. */
export async function startHttp(
  config: Config,
  world: World,
  { rules, watch, facts, exposition }: HttpSubject,
  patienceMs: number,
): Promise<ApiServer> {
  const { clock, log } = world;
  const rate = new QueryRate(facts.threads, clock);
  const { apiCertFile: certificate, apiKeyFile: key } = config.pem;
  const options: ApiOptions = {
    ...world,
    address: config.httpListener,
    port: config.httpPort,
    sources: apiSources(config, rules, facts, rate, exposition),
    watch,
    guard: apiGuard(config),
    onRefusal: refusal => countRefusal(facts, refusal),
    tls: certificate && key ? { certificate, key } : undefined,
  };
  const api = await startPatiently(options, clock.monotonic() + patienceMs);
  log.info('serving HTTP', { address: api.address, port: api.port });
  return {
    address: api.address,
    port: api.port,
    close: async () => {
      rate.close();
      await api.close();
    },
  };
}

function countRefusal({ processCounters }: Facts, refusal: Refusal): void {
  if (processCounters) processCounters.values[processCounters.slot[`http_${refusal}`]]++;
}

async function startPatiently(options: ApiOptions, untilMs: number): Promise<ApiServer> {
  for (;;) {
    try {
      return await startApi(options);
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isTaken || options.clock.monotonic() >= untilMs) throw error;
      await sleep(options.clock, PAUSE_MS);
    }
  }
}
