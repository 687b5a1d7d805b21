import { isIP } from 'node:net';
import { askMaster } from './ask-master.ts';
import type { HostPort } from './cluster-state.ts';
import type { HostNames } from './host-names.ts';
import { formatHostPort, isSameHostPort } from './host-port.ts';
import { checked } from './load-state.ts';
import type { MasterResponse } from './master-body.ts';
import type { MasterClient, MasterRequest } from './master-client.ts';
import { MasterError } from './master-error.ts';
import type { Leader } from './master-state.ts';
import { MAX_HOPS } from './redirect.ts';

/** Where the leader is asked, and who it says it is: the event stream does not tell. */
export interface Identified {
  readonly place: HostPort;
  readonly leader: Leader;
}

/**
 * Asks the leader who it is, and goes where it redirects.
 *
 * @throws {MasterError} When no leader is found that way.
 */
export async function identifyLeader(
  client: MasterClient,
  names: HostNames,
  leader: HostPort,
  signal: AbortSignal,
): Promise<Identified> {
  let place = leader;
  for (let hops = 0; hops <= MAX_HOPS; hops++) {
    const answer = await askMaster(client, place, signal);
    if (answer.kind === 'leads') {
      const { self, electedSeconds } = answer;
      return { place, leader: { address: self.address, id: self.id, electedSeconds } };
    }
    if (answer.kind === 'mute') return unnamed(place, names);
    if (answer.kind !== 'points') throw notLeading(place, answer);
    if (await isSamePlace(answer.to, place, names)) return unnamed(place, names);
    place = answer.to;
  }
  throw new MasterError(
    'redirect',
    `More than ${MAX_HOPS} redirects from ${formatHostPort(leader)}`,
  );
}

/** Mesos 1.0 has the stream, but not GET_MASTER; others may not let us ask. */
async function unnamed(place: HostPort, names: HostNames): Promise<Identified> {
  const [host = place.host] = isIP(place.host) === 0 ? await names.resolve(place.host) : [];
  const address = { host, port: place.port };
  return { place, leader: { address, id: undefined, electedSeconds: undefined } };
}

/** A name that nobody can resolve is taken for that of the place itself: SUBSCRIBE will tell. */
async function isSamePlace(to: HostPort, place: HostPort, names: HostNames): Promise<boolean> {
  if (isSameHostPort(to, place)) return true;
  const addresses = await names.resolve(to.host);
  return to.port === place.port && (addresses.length === 0 || addresses.includes(place.host));
}

function notLeading(
  place: HostPort,
  answer:
    | { readonly kind: 'recovers' | 'nobody' }
    | { readonly kind: 'silent'; fault: MasterError['fault'] },
): MasterError {
  const where = formatHostPort(place);
  if (answer.kind === 'silent')
    return new MasterError(answer.fault, `${where} does not say who it is`);
  if (answer.kind === 'recovers')
    return new MasterError('recovering', `${where} reads its registry`);
  return new MasterError('no-leader', `${where} knows no leader`);
}

/** What a master answers that has no event stream, or none for us. */
const REFUSALS = [400, 401, 403, 404, 405, 406, 415, 501];

/**
 * Subscribes to the events of the leader at `place`.
 *
 * @returns Undefined when the master refuses, which it will go on doing.
 * @throws {MasterError}
 */
export async function subscribe(
  client: MasterClient,
  place: HostPort,
  limits: Required<Pick<MasterRequest, 'patience' | 'silenceMs'>>,
  signal: AbortSignal,
): Promise<MasterResponse | undefined> {
  const body = '{"type":"SUBSCRIBE"}';
  const request = { method: 'POST', path: '/api/v1', body, followsRedirects: false } as const;
  const response = await client.exchange(place, { ...request, ...limits }, signal);
  if (REFUSALS.includes(response.status)) {
    response.discard();
    return undefined;
  }
  if (response.status === 307) {
    response.discard();
    throw new MasterError('redirect', `${formatHostPort(place)} does not lead any more`);
  }
  return checked(response);
}
