import { type HostPort, hostPort } from './endpoint.ts';

/** Where to find the leading master, as the setting `zk` says it. */
export type LeaderSource =
  | {
      readonly kind: 'zookeeper';
      readonly servers: readonly HostPort[];
      /** The znode below which the masters register, such as `/mesos`. */
      readonly path: string;
      /** For the digest scheme: `user:password`. */
      readonly credentials: string | undefined;
      readonly text: string;
    }
  /** A file that holds one of the other forms; read when the config is loaded. */
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  /** One master, asked now and then. */
  | { readonly kind: 'master'; readonly master: HostPort; readonly text: string };

/** What `leaderSource` accepts, in words. */
export const LEADER_SOURCE = 'zk://host:port,host:port/path, file:///path or host:port';

/**
 * Reads `zk://[user:password@]h1:p,h2:p/path` (port 2181 where missing), `file:///path`,
 * `host:port`.
 */
export function leaderSource(text: string): LeaderSource | undefined {
  if (text.startsWith('file:///')) return { kind: 'file', path: text.slice(7), text };
  if (text.startsWith('zk://')) return zooKeeper(text.slice(5));
  const master = hostPort(text);
  return master && { kind: 'master', master, text: master.text };
}

function zooKeeper(text: string): LeaderSource | undefined {
  const parts = /^(?:([^/]*)@)?([^@/]+)((?:\/[^/\s]+)+)\/?$/.exec(text);
  if (!parts) return undefined;
  const [, credentials, list, path] = parts;
  if (credentials !== undefined && !credentials.includes(':')) return undefined;
  const servers = list.split(',').map(server => hostPort(withPort(server)));
  if (servers.includes(undefined)) return undefined;
  const known = servers as readonly HostPort[];
  const user = credentials === undefined ? '' : `${credentials.split(':')[0]}:********@`;
  const shown = `zk://${user}${known.map(server => server.text).join(',')}${path}`;
  return { kind: 'zookeeper', servers: known, path, credentials, text: shown };
}

function withPort(server: string): string {
  return /:\d+$/.test(server) ? server : `${server}:2181`;
}
