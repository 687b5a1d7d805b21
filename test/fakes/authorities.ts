import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryOctets, udpClient } from './dns-client.ts';
import { findProgram } from './real-programs.ts';

/** The authoritative servers of Debian that serve the same zone as ours, to be compared with it. */
export const AUTHORITIES = ['knotd', 'nsd', 'named'] as const;
export type AuthorityName = (typeof AUTHORITIES)[number];

export interface Authority {
  readonly port: number;
  close(): Promise<void>;
}

interface Place {
  readonly port: number;
  readonly folder: string;
}

/** Arguments and config of each program, in the foreground, on one port of 127.0.0.1. */
const PROGRAMS: Readonly<
  Record<AuthorityName, { args: (config: string) => string[]; config: (place: Place) => string }>
> = {
  knotd: {
    args: config => ['-c', config],
    config: ({ port, folder }) => `server:
  listen: 127.0.0.1@${port}
  rundir: ${folder}
database:
  storage: ${folder}
zone:
  - domain: mesos
    file: ${folder}/zone
    zonefile-sync: -1
    journal-content: none
`,
  },
  nsd: {
    args: config => ['-d', '-c', config],
    config: ({ port, folder }) => `server:
  ip-address: 127.0.0.1
  port: ${port}
  username: ""
  database: ""
  zonesdir: "${folder}"
  pidfile: "${folder}/nsd.pid"
  xfrdfile: "${folder}/xfrd.state"
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  rrl-ratelimit: 0
  minimal-responses: yes
remote-control:
  control-enable: no
zone:
  name: mesos
  zonefile: "${folder}/zone"
`,
  },
  named: {
    args: config => ['-f', '-n', '1', '-c', config],
    config: ({ port, folder }) => `options {
  directory "${folder}";
  pid-file "${folder}/named.pid";
  session-keyfile "${folder}/session.key";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  minimal-responses no-auth;
  zero-no-soa-ttl no;
  dnssec-validation no;
  managed-keys-directory "${folder}";
  lock-file none;
};
controls { };
zone "mesos" { type primary; file "${folder}/zone"; notify no; };
`,
  },
};

/** Starts a server of the zone `mesos` in `zoneText` (a master file) and waits until it answers. */
export async function startAuthority(name: AuthorityName, zoneText: string): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), `mesonym-${name}-`));
  const port = await freePort();
  const config = join(folder, 'config');
  writeFileSync(join(folder, 'zone'), zoneText);
  writeFileSync(config, PROGRAMS[name].config({ port, folder }));
  const child = spawn(findProgram(name) ?? name, PROGRAMS[name].args(config), { stdio: 'ignore' });
  const close = async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(port, child);
  } catch (error) {
    await close();
    throw error;
  }
  return { port, close };
}

/** A port that was free a moment ago: these programs cannot choose one themselves. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** How often it is asked; a zone that cannot be loaded is never answered with AA. */
const MOST_TRIES = 200;

/** Asks for the SOA until it is answered with AA. */
async function answers(port: number, child: ChildProcess): Promise<void> {
  const client = await udpClient('127.0.0.1', port);
  const soa = queryOctets(1, 'mesos', 6);
  let tries = 0;
  const asking = setInterval(() => {
    if (++tries > MOST_TRIES) child.kill('SIGKILL');
    client.send(soa);
  }, 50);
  try {
    const gone = once(child, 'exit').then(() => {
      throw new Error(`${child.spawnfile} ended, or did not serve the zone`);
    });
    for (;;) {
      const response = await Promise.race([client.receive(), gone]);
      if ((response[2] & 4) !== 0 && (response[3] & 15) === 0) return;
    }
  } finally {
    clearInterval(asking);
    await client.close();
  }
}
