import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../load/programs.ts';
import type { Place, ServerKind } from './server.ts';

/** Says that a program of Debian's is missing. */
export function unlessInstalled(program: string) {
  return () => (findProgram(program) ? undefined : `${program} is not installed`);
}

export const KNOTD: ServerKind = {
  name: 'knotd',
  missing: unlessInstalled('knotd'),
  prepare: async ({ port, folder, context }) =>
    serveByKnot({ port, folder }, 'mesos', context.corpus.zoneFile),
};

/** The command of a knotd with one thread of each kind, which serves one zone. */
export function serveByKnot(
  place: KnotPlace,
  zone: string,
  zoneFile: string,
): { readonly command: readonly string[] } {
  const workers = `  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
  tcp-max-clients: 1000
`;
  const content = `    file: ${zoneFile}
    journal-content: none
`;
  return knotCommand(place, workers, '', `  - domain: ${zone}\n${content}`);
}

/** The command of a knotd that follows the primary at `primaryPort`, as a secondary does in life. */
export function followByKnot(
  place: KnotPlace,
  zone: string,
  primaryPort: number,
): { readonly command: readonly string[] } {
  const remotes = `remote:
  - id: primary
    address: 127.0.0.1@${primaryPort}
acl:
  - id: primary
    address: 127.0.0.1
    action: notify
`;
  const content = `    master: primary
    acl: primary
    journal-content: changes
`;
  return knotCommand(place, '', remotes, `  - domain: ${zone}\n${content}`);
}

type KnotPlace = Pick<Place, 'port' | 'folder'>;

/** Writes the file of a knotd on loopback that leaves zone files alone. */
function knotCommand({ port, folder }: KnotPlace, server: string, remotes: string, zone: string) {
  const config = join(folder, 'knot.conf');
  writeFileSync(
    config,
    `server:
  listen: 127.0.0.1@${port}
  rundir: ${folder}
${server}log:
  - target: stderr
    any: error
database:
  storage: ${folder}
${remotes}zone:
${zone}    zonefile-sync: -1
`,
  );
  return { command: [findProgram('knotd') ?? 'knotd', '-c', config] };
}

export const NSD: ServerKind = {
  name: 'nsd',
  missing: unlessInstalled('nsd'),
  prepare: async ({ port, folder, context }) => {
    const config = join(folder, 'nsd.conf');
    writeFileSync(
      config,
      `server:
  ip-address: 127.0.0.1
  port: ${port}
  server-count: 1
  username: ""
  database: ""
  zonesdir: "${folder}"
  pidfile: "${folder}/nsd.pid"
  xfrdfile: "${folder}/xfrd.state"
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  rrl-ratelimit: 0
  tcp-count: 1000
  tcp-reject-overflow: no
remote-control:
  control-enable: no
zone:
  name: mesos
  zonefile: "${context.corpus.zoneFile}"
`,
    );
    return { command: [findProgram('nsd') ?? 'nsd', '-d', '-c', config] };
  },
};

export const NAMED: ServerKind = {
  name: 'named',
  missing: unlessInstalled('named'),
  prepare: async ({ port, folder, context }) => {
    const zone = `zone "mesos" { type primary; file "${context.corpus.zoneFile}"; notify no; };`;
    return namedCommand({ port, folder }, 'recursion no;', zone);
  },
};

/** The command of a named with one thread on loopback. */
export function namedCommand(
  { port, folder }: Pick<Place, 'port' | 'folder'>,
  options: string,
  zones = '',
): { readonly command: readonly string[] } {
  const config = join(folder, 'named.conf');
  writeFileSync(
    config,
    `options {
  directory "${folder}";
  pid-file "${folder}/named.pid";
  session-keyfile "${folder}/session.key";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  ${options}
  minimal-responses no;
  dnssec-validation no;
  tcp-clients 1000;
  managed-keys-directory "${folder}";
};
controls { };
${zones}
`,
  );
  return { command: [findProgram('named') ?? 'named', '-f', '-n', '1', '-c', config] };
}
