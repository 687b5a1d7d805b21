import type { ApiOptions, ApiSources } from '../api/index.ts';
import { apiConfig, type Config, localityOptions } from '../config/index.ts';
import { type DomainName, type IpAddress, inNetworks, ipAddress } from '../dns/index.ts';
import type { ClusterState } from '../mesos/index.ts';
import type { Exposition } from '../metrics/index.ts';
import {
  type Explanation,
  enumerate,
  explainAddress,
  explainName,
  frameworkDomains,
  type NamingRules,
  type PlaceRules,
  placeRules,
  servicesOf,
} from '../records/index.ts';
import type { Facts } from './facts.ts';
import { samplesOf } from './samples.ts';
import { type QueryRate, statusReport } from './status.ts';

/** Where the HTTP API's answers come from. */
export function apiSources(
  config: Config,
  rules: NamingRules,
  facts: Facts,
  rate: QueryRate,
  exposition: Exposition,
): ApiSources {
  const { publisher, zone, reverseZones } = facts;
  const places = placeRules(localityOptions(config));
  return {
    zone,
    reverseZones,
    version: facts.version,
    ttlSeconds: config.ttl,
    refreshSeconds: config.refreshSeconds,
    config: () => apiConfig(config),
    enumerate: config.enumerationOn
      ? () => (publisher.state ? enumerate(publisher.state, rules) : [])
      : undefined,
    explain: asked => explain(asked, publisher.state, rules, places),
    frameworkDomains: framework => frameworkDomains(framework, rules),
    refresh: () => facts.refresh(),
    askDns: config.dnsOverHttps ? askDns(facts) : undefined,
    flush: name => facts.flush(name),
    services: () => (publisher.state ? servicesOf(publisher.state, rules) : []),
    unreadiness: () => unreadiness(facts),
    metrics: async () => ({
      type: exposition.contentType,
      text: await exposition.text(samplesOf(facts)),
    }),
    status: () => statusReport(facts, rate),
    secondaries: () => facts.secondaries(),
  };
}

function explain(
  asked: DomainName | IpAddress,
  state: ClusterState | undefined,
  rules: NamingRules,
  places: PlaceRules,
): Explanation | undefined {
  if (!state) return undefined;
  return typeof asked === 'string'
    ? explainName(asked, state, rules)
    : explainAddress(asked, state, rules, places);
}

/** An IPv4 client of a socket for both families is one of IPv4, as it is by UDP and TCP. */
function askDns({ threads }: Facts): ApiSources['askDns'] {
  return async (query, { address, port }) => {
    const client = ipAddress(address.split('%')[0]);
    if (!client || !threads) return undefined;
    // Only its own octets cross over, not the pool of Node's that they may stand in.
    return threads.answer(Uint8Array.from(query), { address: client.text, port, transport: 'tcp' });
  };
}

/** Who may use the API, from the config. */
export function apiGuard(config: Config): ApiOptions['guard'] {
  const allowed = inNetworks(config.apiAcl);
  const dns = inNetworks(config.queryAcl);
  const { principal, secret } = config.apiCredentials;
  return {
    networks: { dns, records: allowed, metrics: allowed, status: allowed, control: allowed },
    token: config.apiToken === '' ? undefined : config.apiToken,
    credentials: principal === '' && secret === '' ? undefined : { principal, secret },
  };
}

function unreadiness({ serving, isClosing, follower }: Facts): readonly string[] {
  const reasons: string[] = [];
  if (isClosing()) reasons.push('the server is ending');
  const { kind } = serving();
  const { fault } = follower();
  const why = fault === undefined ? '' : `: ${fault}`;
  if (kind === 'starting') reasons.push(`no state of the cluster was read yet${why}`);
  if (kind === 'recovering') reasons.push('the cluster is recovering, and names may be missing');
  if (kind === 'stale') reasons.push(`the state of the cluster is stale${why}`);
  return reasons;
}
