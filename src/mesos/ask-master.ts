import type { HostPort } from './cluster-state.ts';
import { parseHostPort, parsePid } from './host-port.ts';
import { type MasterResponse, readText } from './master-body.ts';
import type { MasterClient } from './master-client.ts';
import { faultOf, MasterError, type MasterFault, reasonOf } from './master-error.ts';
import { redirectTarget } from './redirect.ts';

/** What a master says when asked who leads. */
export type MasterAnswer =
  /**
   * It leads. Since Mesos 1.0; `electedSeconds` is by its own clock, undefined where it is not
   * told.
   */
  | {
      readonly kind: 'leads';
      readonly self: MasterNames;
      readonly electedSeconds: number | undefined;
    }
  /** It leads, but has not read its registry: a moment after its election. */
  | { readonly kind: 'recovers' }
  /** It redirects there, maybe to itself. The host may be a name that only we can resolve. */
  | { readonly kind: 'points'; readonly to: HostPort }
  | { readonly kind: 'nobody' }
  /** It answers, but not who leads: it may stand behind a proxy that lets only its state through. */
  | { readonly kind: 'mute' }
  | { readonly kind: 'silent'; readonly fault: MasterFault; readonly reason: string };

/** What a master calls itself. */
export interface MasterNames {
  /** From its pid. */
  readonly address: HostPort;
  /** From its `--hostname`, which redirects hold. */
  readonly advertised: HostPort;
  /** New with each of its processes. */
  readonly id?: string | undefined;
}

/** Long enough for a busy master, short enough to find a new leader within seconds. */
const WHOLE_MS = 5_000;

/** Asks one master who leads: GET_MASTER of the v1 API, or `/redirect` where that is not open. */
export async function askMaster(
  client: MasterClient,
  master: HostPort,
  signal: AbortSignal,
): Promise<MasterAnswer> {
  try {
    return (
      (await askByApi(client, master, signal)) ?? (await askByRedirect(client, master, signal))
    );
  } catch (error) {
    return { kind: 'silent', fault: faultOf(error), reason: reasonOf(error) };
  }
}

async function askByApi(client: MasterClient, master: HostPort, signal: AbortSignal) {
  const body = '{"type":"GET_MASTER"}';
  const request = { method: 'POST', path: '/api/v1', body, wholeMs: WHOLE_MS } as const;
  const response = await client.exchange(master, { ...request, followsRedirects: false }, signal);
  const text = await readText(response);
  if (response.status === 200) return readGetMaster(text);
  return readRefusal(response, text);
}

async function askByRedirect(client: MasterClient, master: HostPort, signal: AbortSignal) {
  const request = { method: 'GET', path: '/master/redirect', wholeMs: WHOLE_MS } as const;
  const response = await client.exchange(master, { ...request, followsRedirects: false }, signal);
  return readRefusal(response, await readText(response)) ?? ({ kind: 'mute' } as const);
}

function readRefusal(response: MasterResponse, text: string): MasterAnswer | undefined {
  if (response.status === 307) return { kind: 'points', to: redirectPlace(response) };
  if (response.status !== 503) return undefined;
  return isRecovering(text) ? { kind: 'recovers' } : { kind: 'nobody' };
}

/** Mesos's words of a leader that still reads its registry, as against "No leader elected". */
export function isRecovering(text: string): boolean {
  return text.includes('not finished recovery');
}

function redirectPlace({ location, isSecure }: MasterResponse): HostPort {
  const scheme = isSecure ? 'https' : 'http';
  const target = redirectTarget(location, new URL(`${scheme}://master`));
  const place = parseHostPort(target.host, target.protocol === 'https:' ? 443 : 80);
  if (place) return place;
  throw new MasterError('redirect', `Cannot read the host in ${location}`);
}

/** The parts of a GET_MASTER answer that are read; all may be missing. */
interface GetMaster {
  readonly get_master?: {
    readonly master_info?: {
      readonly id?: unknown;
      readonly pid?: unknown;
      readonly hostname?: unknown;
    };
    readonly elected_time?: unknown;
  };
}

/** Undefined when the text is not what Mesos sends: then `/redirect` is asked. */
function readGetMaster(text: string): MasterAnswer | undefined {
  const { master_info: info, elected_time: elected } = parseJson(text)?.get_master ?? {};
  const address = typeof info?.pid === 'string' ? parsePid(info.pid) : undefined;
  if (!address) return undefined;
  const host = typeof info?.hostname === 'string' ? info.hostname.toLowerCase() : address.host;
  const id = typeof info?.id === 'string' ? info.id : undefined;
  return {
    kind: 'leads',
    self: { address, advertised: { host, port: address.port }, id },
    electedSeconds: typeof elected === 'number' ? elected : undefined,
  };
}

function parseJson(text: string): GetMaster | undefined {
  try {
    return JSON.parse(text) as GetMaster;
  } catch {
    return undefined;
  }
}
