import type { Config } from '../config/index.ts';
import { clientView } from '../dns/index.ts';
import { FORWARD_COUNTERS, type Forwarder, makeForwarder } from '../forward/index.ts';
import {
  type ClusterFollower,
  type ClusterState,
  type ClusterUpdate,
  followCluster,
} from '../mesos/index.ts';
import { makeCounters, type World } from '../runtime/index.ts';
import type { Ends } from './ends.ts';
import { ednsSettings, followerOptions, forwardOptions } from './options.ts';

/** What following is told beside its config. */
export interface FollowingOptions {
  readonly version: string;
  /** Our listeners, `10.0.0.1:53` each: a resolver that is ourselves is not asked. */
  readonly ownPlaces: readonly string[];
  /** What an earlier run left; published before anything is asked. */
  readonly restored: ClusterState | undefined;
  readonly onUpdate: (update: ClusterUpdate) => void;
  readonly onCondition: () => void;
}

/**
 * Follows the cluster as the config says. Host names of masters and agents are asked from the
 * upstreams, never from ourselves.
 */
export function startFollowing(
  config: Config,
  world: World,
  { version, ownPlaces, restored, onUpdate, onCondition }: FollowingOptions,
  ends: Ends,
): ClusterFollower {
  const forwarder = ends.add(ownForwarder(config, ownPlaces, world));
  const lookup = async (host: string, signal: AbortSignal) => {
    const addresses = await forwarder.resolveAddresses(host, signal);
    return addresses.map(({ text }) => text);
  };
  const options = { ...followerOptions(config, lookup, version), restored };
  return ends.add(followCluster(options, world, onUpdate, onCondition));
}

function ownForwarder(config: Config, ownPlaces: readonly string[], world: World): Forwarder {
  const counters = makeCounters(FORWARD_COUNTERS);
  const clients = { mayRecurse: () => false, view: clientView() };
  const options = forwardOptions(config, ownPlaces, ednsSettings(config));
  return makeForwarder(options, clients, { ...world, counters });
}
