import type { DomainName } from '../dns/index.ts';
import type { Agent, ClusterState } from '../mesos/index.ts';
import { agentPlace } from './place.ts';
import type { NamingRules } from './rules.ts';

/**
 * The names by which the instances of one zone or region are asked for: those of `web.marathon` in the
 * zone `eu-a` of the region `eu` are at `web.marathon.eu-a.zone.mesos.` and
 * `web.marathon.eu.region.mesos.`. Zones of one name in two regions share it.
 *
 * @param service The labels of the service, `web.marathon`.
 */
export function placeNames(
  service: string,
  agent: Agent,
  state: ClusterState,
  rules: NamingRules,
): readonly DomainName[] {
  if (!rules.places) return [];
  const { zone, region } = agentPlace(agent, state, rules.places);
  const names = [
    [rules.label(zone), 'zone'],
    [rules.label(region), 'region'],
  ] as const;
  return names.flatMap(([place, kind]) =>
    place === '' ? [] : (rules.nameBelow(`${service}.${place}.${kind}`) ?? []),
  );
}
