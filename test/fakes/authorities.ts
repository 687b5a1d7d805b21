import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../bench/measure/free-port.ts';
import { queryOctets } from './dns-client.ts';
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
  /** What cookies are made of, 32 hexadecimal digits; without it none are given. */
  readonly cookieSecret: string | undefined;
}

/** Arguments and config of each program, in the foreground, on one port of 127.0.0.1. */
const PROGRAMS: Readonly<
  Record<AuthorityName, { args: (config: string) => string[]; config: (place: Place) => string }>
> = {
  knotd: {
    args: config => ['-c', config],
    config: ({ port, folder, cookieSecret }) => `server:
  listen: 127.0.0.1@${port}
  rundir: ${folder}
  version: Mesonym
  nsid: ns7
database:
  storage: ${folder}
${cookieSecret ? knotCookies(cookieSecret) : ''}zone:
  - domain: mesos
    file: ${folder}/zone
    zonefile-sync: -1
    journal-content: none
`,
  },
  nsd: {
    args: config => ['-d', '-c', config],
    config: ({ port, folder, cookieSecret }) => `server:
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
  version: Mesonym
  nsid: ascii_ns7
${cookieSecret ? `  answer-cookie: yes\n  cookie-secret: ${cookieSecret}\n` : ''}remote-control:
  control-enable: no
zone:
  name: mesos
  zonefile: "${folder}/zone"
`,
  },
  named: {
    args: config => ['-f', '-n', '1', '-c', config],
    config: ({ port, folder, cookieSecret }) => `options {
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
  version "Mesonym";
  server-id "ns7";
${cookieSecret ? `  cookie-algorithm siphash24;\n  cookie-secret "${cookieSecret}";\n` : ''}};
controls { };
zone "mesos" { type primary; file "${folder}/zone"; notify no; };
`,
  },
};

/** Cookies of RFC 9018 for every query. */
function knotCookies(secret: string): string {
  return `mod-cookies:
  - id: given
    secret: [0x${secret}]
template:
  - id: default
    global-module: mod-cookies/given
`;
}

/**
 * Starts a server of the zone `mesos` in `zoneText` (a master file) and waits until it answers.
 * These programs cannot choose a port themselves: one taken away in between means another try.
 */
export async function startAuthority(
  name: AuthorityName,
  zoneText: string,
  cookieSecret?: string,
): Promise<Authority> {
  for (let triesLeft = 5; ; triesLeft--) {
    try {
      return await startOnce(name, zoneText, cookieSecret);
    } catch (error) {
      if (triesLeft === 0) throw error;
    }
  }
}

async function startOnce(
  name: AuthorityName,
  zoneText: string,
  cookieSecret: string | undefined,
): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), `mesonym-${name}-`));
  const port = await freePort();
  const config = join(folder, 'config');
  writeFileSync(join(folder, 'zone'), zoneText);
  writeFileSync(config, PROGRAMS[name].config({ port, folder, cookieSecret }));
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

/** How often it is asked; a zone that cannot be loaded is never answered with AA. */
const MOST_TRIES = 200;

/** Asks for the SOA until it is answered with AA. */
async function answers(port: number, child: ChildProcess): Promise<void> {
  const socket = createSocket('udp4');
  const soa = queryOctets(1, 'mesos', 6);
  // Not connected: until the server listens, a connected socket would fail at each query.
  let tries = 0;
  const asking = setInterval(() => {
    if (++tries > MOST_TRIES) child.kill('SIGKILL');
    socket.send(soa, port, '127.0.0.1');
  }, 50);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => {
        reject(new Error(`${child.spawnfile} ended, or did not serve the zone`));
      });
      socket.on('message', response => {
        if ((response[2] & 4) !== 0 && (response[3] & 15) === 0) resolve();
      });
    });
  } finally {
    clearInterval(asking);
    socket.close();
  }
}
