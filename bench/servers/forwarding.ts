import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../load/programs.ts';
import { namedCommand, serveByKnot, unlessInstalled } from './authoritative.ts';
import type { ServerKind } from './server.ts';

/** Everything below it has the same address, so that any number of names exists. */
export const UPSTREAM_ZONE = 'upstream.test';

/** The one upstream that all forwarders ask: knotd with a wildcard. It runs on the generator's core. */
export const UPSTREAM: ServerKind = {
  name: 'upstream',
  missing: unlessInstalled('knotd'),
  prepare: async ({ port, folder }) => {
    const zoneFile = join(folder, 'upstream.zone');
    writeFileSync(
      zoneFile,
      `$TTL 3600
${UPSTREAM_ZONE}. SOA ns.${UPSTREAM_ZONE}. root.${UPSTREAM_ZONE}. 1 60 60 3600 60
${UPSTREAM_ZONE}. NS ns.${UPSTREAM_ZONE}.
*.${UPSTREAM_ZONE}. A 192.0.2.1
`,
    );
    return serveByKnot({ port, folder }, UPSTREAM_ZONE, zoneFile);
  },
};

/** unbound, one thread, forwarding all to `upstreamPort`. */
export function unbound(upstreamPort: number): ServerKind {
  return {
    name: 'unbound',
    missing: unlessInstalled('unbound'),
    prepare: async ({ port, folder }) => {
      const config = join(folder, 'unbound.conf');
      writeFileSync(
        config,
        `server:
  interface: 127.0.0.1
  port: ${port}
  num-threads: 1
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: "${folder}/unbound.pid"
  use-syslog: no
  do-not-query-localhost: no
  module-config: "iterator"
  outgoing-range: 4096
  num-queries-per-thread: 2048
  msg-cache-size: 256m
  rrset-cache-size: 256m
  local-zone: "test." nodefault
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@${upstreamPort}
`,
      );
      return { command: [findProgram('unbound') ?? 'unbound', '-d', '-c', config] };
    },
  };
}

/** dnsmasq, forwarding all to `upstreamPort`. */
export function dnsmasq(upstreamPort: number): ServerKind {
  return {
    name: 'dnsmasq',
    missing: unlessInstalled('dnsmasq'),
    prepare: async ({ port, folder }) => {
      const words = [
        '--keep-in-foreground',
        `--port=${port}`,
        '--listen-address=127.0.0.1',
        '--bind-interfaces',
        '--no-resolv',
        '--no-hosts',
        '--conf-file=/dev/null',
        `--pid-file=${folder}/dnsmasq.pid`,
        `--server=127.0.0.1#${upstreamPort}`,
        '--cache-size=10000',
        '--dns-forward-max=2000',
        '--user=',
      ];
      return { command: [findProgram('dnsmasq') ?? 'dnsmasq', ...words] };
    },
  };
}

/** named, one thread, forwarding all to `upstreamPort`. */
export function namedForwarder(upstreamPort: number): ServerKind {
  // Below `test.` an empty zone of its own would answer.
  const options = `recursion yes;
  forward only;
  forwarders port ${upstreamPort} { 127.0.0.1; };
  empty-zones-enable no;`;
  return {
    name: 'named',
    missing: unlessInstalled('named'),
    prepare: async place => namedCommand(place, options),
  };
}
