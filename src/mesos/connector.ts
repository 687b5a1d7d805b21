import { isIP, type LookupFunction, type Socket } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { buildConnector } from 'undici';
import type { Clock } from '../runtime/index.ts';
import { MasterError } from './master-error.ts';

/** TLS to the masters. Texts are PEM; the machine's own authorities count when `ca` is missing. */
export interface TlsSettings {
  readonly ca?: string | undefined;
  /** The client certificate and its key: both or none. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** False only where the config says in so many words not to verify. */
  readonly isVerified: boolean;
}

/** The addresses of a host name; empty when none is known. Never rejects. */
export type Resolve = (host: string, signal?: AbortSignal) => Promise<readonly string[]>;

/** A master's silence on the wire is noticed so long after its last octet, also without heartbeats. */
const TCP_KEEPALIVE_MS = 15_000;

/**
 * How sockets to masters are opened: names through `resolve`, never through the system's own
 * resolver, which may be us; within `connectMs`; TLS verified.
 *
 * @param namesOf The configured names of a master at an address: a certificate for one of them is
 *   as good as one for the address.
 */
export function masterConnector(
  tls: TlsSettings,
  clock: Clock,
  connectMs: number,
  resolve: Resolve,
  namesOf: (address: string) => readonly string[],
): buildConnector.connector {
  const { ca, cert, key, isVerified } = tls;
  const connect = buildConnector({
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    rejectUnauthorized: isVerified,
    checkServerIdentity: (host: string, peer: PeerCertificate) =>
      checkIdentity([host, ...namesOf(host)], peer),
    lookup: connectLookup(resolve),
    allowH2: false,
    timeout: 0,
    keepAliveInitialDelay: TCP_KEEPALIVE_MS,
  });
  return (target, done) => {
    const late = () =>
      new MasterError('timeout', `Cannot connect to ${target.host} within ${connectMs} ms`);
    const cancel = clock.after(connectMs, () => socket.destroy(late()));
    // undici's connector returns the socket, though its type does not say so.
    const socket = connect(target, (...outcome) => {
      cancel();
      done(...outcome);
    }) as unknown as Socket;
  };
}

function checkIdentity(names: readonly string[], peer: PeerCertificate): Error | undefined {
  const faults = names.map(name => checkServerIdentity(name, peer));
  return faults.includes(undefined) ? undefined : faults[0];
}

function connectLookup(resolve: Resolve): LookupFunction {
  const answer = async (host: string, all: boolean, done: LookupDone) => {
    const found = (await resolve(host)).map(address => ({ address, family: isIP(address) }));
    if (found.length === 0) done(unknownHost(host), '');
    else if (all) done(null, found);
    else done(null, found[0].address, found[0].family);
  };
  return (host, { all }, done) => void answer(host, all === true, done);
}

type LookupDone = Parameters<LookupFunction>[2];

function unknownHost(host: string): Error {
  return Object.assign(new Error(`no address found for ${host}`), { code: 'ENOTFOUND' });
}
