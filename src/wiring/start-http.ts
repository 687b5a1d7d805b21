import { type ApiServer, startApi, type ZoneWatch } from '../api/index.ts';
import type { Config } from '../config/index.ts';
import type { NamingRules } from '../records/index.ts';
import type { Clock, Log, Random } from '../runtime/index.ts';
import { apiGuard, apiSources } from './api-sources.ts';
import type { Ends } from './ends.ts';
import type { Facts } from './facts.ts';
import { QueryRate } from './status.ts';

interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Serves HTTP as the config says. */
export async function startHttp(
  config: Config,
  { clock, random, log }: World,
  { rules, watch }: { readonly rules: NamingRules; readonly watch: ZoneWatch },
  facts: Facts,
  ends: Ends,
): Promise<ApiServer> {
  const rate = ends.add(new QueryRate(facts.threads, clock));
  const { apiCertFile: certificate, apiKeyFile: key } = config.pem;
  const api = ends.add(
    await startApi({
      address: config.httpListener,
      port: config.httpPort,
      sources: apiSources(config, rules, facts, rate),
      watch,
      guard: apiGuard(config),
      tls: certificate && key ? { certificate, key } : undefined,
      clock,
      random,
      log,
    }),
  );
  log.info('serving HTTP', { address: api.address, port: api.port });
  return api;
}
