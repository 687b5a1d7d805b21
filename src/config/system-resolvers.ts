import { ipAddress } from '../dns/index.ts';
import { type Upstream, upstream } from './endpoint.ts';

/** The name servers of a resolv.conf, less those that are this machine itself. */
export function systemResolvers(
  resolvConf: string,
  ownAddresses: readonly string[],
): readonly Upstream[] {
  const own = new Set(ownAddresses.map(address => ipAddress(address)?.text));
  return resolvConf
    .split('\n')
    .map(line => /^\s*nameserver\s+(\S+)/.exec(line)?.[1])
    .map(text => (text === undefined ? undefined : upstream(text)))
    .filter((found): found is Upstream => found !== undefined && !own.has(found.address));
}
