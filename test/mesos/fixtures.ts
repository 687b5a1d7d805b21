import type { MasterDirectory } from '../../src/mesos/master-client.ts';
import { MASTER_TIMEOUTS, type MasterClientOptions } from '../../src/mesos/master-client.ts';

/** Options of a client without TLS and credentials; time limits as in life, for a simulated clock. */
export const PLAIN_CLIENT: MasterClientOptions = {
  isSecure: false,
  tls: { isVerified: true },
  credentials: { kind: 'none' },
  timeouts: MASTER_TIMEOUTS,
  userAgent: 'Mesonym/test',
};

/** A directory in which every place is a master and names are those given. */
export function directoryOf(
  names: Readonly<Record<string, readonly string[]>> = {},
  masters: (host: string) => boolean = () => true,
): MasterDirectory {
  return {
    resolve: async host => names[host] ?? [],
    namesOf: () => [],
    isMaster: async ({ host }) => masters(host),
  };
}
