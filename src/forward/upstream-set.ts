import type { DomainName } from '../dns/index.ts';
import { isOwnPlace, machineAddresses } from './own-places.ts';
import { Routes } from './routes.ts';
import { StreamChannel } from './stream-channel.ts';
import { UdpChannel } from './udp-channel.ts';
import { Upstream } from './upstream.ts';
import type { UpstreamAddress } from './upstream-address.ts';
import { count, type ForwardWorld } from './world.ts';

/** The upstreams of the config, and how they are spoken to. */
export interface UpstreamSetOptions {
  /** For names that no zone below claims; none means such names are not ours to forward. */
  readonly resolvers: readonly UpstreamAddress[];
  /** By zone; the longest one that a name lies in wins. */
  readonly zoneResolvers: readonly (readonly [DomainName, readonly UpstreamAddress[]])[];
  /** What one try may take at the most, milliseconds; never more than 1,500. */
  readonly timeoutMs: number;
  /** Letters go upstream in random case (0x20). */
  readonly inRandomCase: boolean;
  /** Where we listen, `10.0.0.1:53`, `[::1]:53` or a wildcard: an upstream there would be a loop. */
  readonly ownPlaces: readonly string[];
  /** PEM of the authorities to trust for `tls` upstreams; the runtime's own when undefined. */
  readonly tlsAuthorities?: string | undefined;
}

const MAX_TRY_MS = 1_500;

/** Every upstream once, however many lists name it, and the ways to them. */
export interface UpstreamSet {
  readonly all: readonly Upstream[];
  readonly routes: Routes;
}

/** Makes the upstreams of a configuration; those that are we ourselves are left out and logged. */
export function makeUpstreams(options: UpstreamSetOptions, world: ForwardWorld): UpstreamSet {
  const machine = machineAddresses();
  const made = new Map<string, Upstream>();
  const makeAll = (addresses: readonly UpstreamAddress[]) =>
    addresses.flatMap(address => {
      if (isOwnPlace(address, options.ownPlaces, machine)) {
        world.log.error('An upstream is this server itself; it is left out', {
          upstream: address.text,
        });
        return [];
      }
      const upstream = made.get(address.text) ?? makeUpstream(address, options, world);
      made.set(address.text, upstream);
      return upstream;
    });
  const general = makeAll(options.resolvers);
  const zones = options.zoneResolvers.map(([zone, list]) => [zone, makeAll(list)] as const);
  return { all: [...made.values()], routes: new Routes(general, new Map(zones)) };
}

function makeUpstream(
  address: UpstreamAddress,
  { timeoutMs, inRandomCase, tlsAuthorities }: UpstreamSetOptions,
  world: ForwardWorld,
): Upstream {
  const { clock, random } = world;
  const onMismatch = () => count(world, 'upstream_mismatches');
  const onAsk = () => count(world, 'upstream_stream_queries');
  const stream = new StreamChannel(address, { clock, random, onMismatch, onAsk, tlsAuthorities });
  const first =
    address.transport === 'udp' ? new UdpChannel(address, { clock, random, onMismatch }) : stream;
  const manner = { timeoutMs: Math.min(timeoutMs, MAX_TRY_MS), inRandomCase };
  return new Upstream(address, { first, stream }, manner, world);
}
