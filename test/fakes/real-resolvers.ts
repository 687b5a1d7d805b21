import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode, encode, type Packet } from 'dns-packet';
import { freePort } from '../../bench/measure/free-port.ts';
import { PROJECT } from '../paths.ts';
import { findProgram } from './real-programs.ts';

/** A named that holds the zone `lab.test`, and an unbound that resolves it, on loopback. */
export interface RealResolvers {
  readonly named: number;
  readonly unbound: number;
  /** Where unbound speaks TLS, with a certificate for 127.0.0.1. */
  readonly unboundTls: number;
  close(): Promise<void>;
}

const ADDRESSES = Array.from({ length: 100 }, (_, index) => `many 60 A 192.0.2.${index}`);

const ZONE = `$ORIGIN lab.test.
@ 300 SOA ns.lab.test. root.lab.test. 1 3600 600 86400 120
@ 300 NS ns
ns 300 A 127.0.0.1
www 300 A 192.0.2.1
www 300 AAAA 2001:db8::1
alias 300 CNAME www
chain 60 CNAME alias
*.wild 300 TXT "anything"
old 300 DNAME wild
_http._tcp 300 SRV 0 1 8080 www
mail 300 MX 10 www
svc 300 HTTPS 1 . alpn=h2
odd 300 TYPE65280 \\# 4 0a000001
${ADDRESSES.join('\n')}
`;

/** Starts both; the caller closes them. */
export async function startRealResolvers(): Promise<RealResolvers> {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-resolvers-'));
  const [named, unbound, unboundTls] = [await freePort(), await freePort(), await freePort()];
  writeFileSync(join(folder, 'lab.zone'), ZONE);
  writeFileSync(join(folder, 'named.conf'), namedConfig(folder, named));
  writeFileSync(join(folder, 'unbound.conf'), unboundConfig(folder, named, unbound, unboundTls));
  const children = [
    run('named', ['-g', '-n', '1', '-c', join(folder, 'named.conf')]),
    run('unbound', ['-d', '-c', join(folder, 'unbound.conf')]),
  ];
  const close = async () => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true });
  };
  try {
    await Promise.all([untilAnswered(named), untilAnswered(unbound)]);
  } catch (error) {
    await close();
    throw error;
  }
  return { named, unbound, unboundTls, close };
}

/** Asks a resolver directly, by TCP so that nothing is cut. */
export async function askDirectly(port: number, name: string, type: string): Promise<Packet> {
  const { connect } = await import('node:net');
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', chunk => chunks.push(chunk));
  const query = encode({ id: 1, flags: 0x0100, questions: [{ type: type as 'A', name }] });
  socket.write(Buffer.concat([Buffer.of(query.length >> 8, query.length & 255), query]));
  for (;;) {
    await once(socket, 'data');
    const octets = Buffer.concat(chunks);
    if (octets.length < 2 + octets.readUInt16BE(0)) continue;
    socket.destroy();
    return decode(octets.subarray(2));
  }
}

function namedConfig(folder: string, port: number): string {
  return `options {
  directory "${folder}";
  pid-file "${folder}/named.pid";
  session-keyfile "${folder}/session.key";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  allow-transfer { any; };
};
controls { };
zone "lab.test" { type primary; file "${folder}/lab.zone"; };
`;
}

function unboundConfig(folder: string, named: number, port: number, tlsPort: number): string {
  const pem = (name: string) => join(PROJECT, 'test/fixtures/tls', `${name}.pem`);
  return `server:
  interface: 127.0.0.1@${port}
  interface: ::1@${port}
  interface: 127.0.0.1@${tlsPort}
  port: ${port}
  tls-port: ${tlsPort}
  tls-service-key: "${pem('master-by-address-key')}"
  tls-service-pem: "${pem('master-by-address')}"
  num-threads: 1
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: "${folder}/unbound.pid"
  use-syslog: no
  do-not-query-localhost: no
  module-config: "iterator"
  minimal-responses: no
  local-zone: "test." nodefault
remote-control:
  control-enable: no
stub-zone:
  name: "lab.test"
  stub-addr: 127.0.0.1@${named}
`;
}

function run(program: string, args: readonly string[]): ChildProcess {
  return spawn(findProgram(program) ?? program, args, { stdio: 'ignore' });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function untilAnswered(port: number): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  const query = encode({ id: 1, flags: 0x0100, questions: [{ type: 'A', name: 'www.lab.test' }] });
  let isUp = false;
  socket.on('message', octets => {
    isUp ||= (decode(octets).answers ?? []).length > 0;
  });
  for (let tries = 0; !isUp && tries < 200; tries++) {
    socket.send(query, port, '127.0.0.1');
    await sleep(50);
  }
  socket.close();
  if (!isUp) throw new Error(`Cannot reach the resolver at port ${port}`);
}
