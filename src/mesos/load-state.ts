import { isRecovering } from './ask-master.ts';
import type { HostPort } from './cluster-state.ts';
import { formatHostPort } from './host-port.ts';
import { type MasterResponse, readText } from './master-body.ts';
import type { MasterClient } from './master-client.ts';
import { MasterError } from './master-error.ts';
import { MAX_HOPS } from './redirect.ts';
import { StateError } from './state-error.ts';

/** Where the octets of one body go. */
export interface BodyReader<Found> {
  /** @throws When the body cannot be what it should be. */
  write(octets: Uint8Array): void;
  /** The body is whole. @throws When it cannot be used; maybe with the `leader` to ask instead. */
  finish(): Found;
}

/** Makes a reader for each try. */
export type OpenBody = () => BodyReader<void>;

/** By age: `/master/state` since 0.25, `/state` behind proxies that drop the prefix, `.json` before. */
const STATE_PATHS = ['/master/state', '/state', '/state.json'] as const;

/** How a state is to be loaded. */
export interface LoadManner {
  /** How many times the usual limit the master may take until it begins to answer; 1 at first. */
  readonly patience: number;
  readonly signal: AbortSignal;
}

/** Loads `/state`, and remembers which path the masters have. */
export interface StateLoader {
  /**
   * Reads the state of the leader, asked at `leader`.
   *
   * @returns The master that gave it, after redirects.
   * @throws {MasterError} And what the reader throws.
   */
  load(leader: HostPort, openBody: OpenBody, how: LoadManner): Promise<HostPort>;
}

/** Makes a loader; `wholeMs` is the most that a whole exchange may take. */
export function stateLoader(client: MasterClient, wholeMs: number): StateLoader {
  let known: string | undefined;

  const find = async (
    master: HostPort,
    { patience, signal }: LoadManner,
  ): Promise<MasterResponse> => {
    const request = {
      method: 'GET',
      acceptsGzip: true,
      followsRedirects: true,
      wholeMs,
      patience,
    } as const;
    for (const path of known === undefined ? STATE_PATHS : [known]) {
      const response = await client.exchange(master, { ...request, path }, signal);
      if (response.status !== 404) {
        known = path;
        return response;
      }
      response.discard();
    }
    known = undefined;
    throw new MasterError('status', `Cannot find the state of ${formatHostPort(master)}: 404`);
  };

  return {
    load: async (leader, openBody, how) => {
      let asked = leader;
      for (let hops = 0; ; hops++) {
        const response = await checked(await find(asked, how));
        const other = await readInto(response, openBody());
        if (!other) return response.master;
        if (hops === MAX_HOPS)
          throw new MasterError('redirect', 'Masters name each other as leader');
        asked = other;
      }
    },
  };
}

/** Reads a body to its end. @returns The leader to ask instead, if that is what it says. */
async function readInto(
  response: MasterResponse,
  reader: BodyReader<void>,
): Promise<HostPort | undefined> {
  try {
    for await (const octets of response.body) reader.write(octets);
    reader.finish();
    return undefined;
  } catch (error) {
    if (error instanceof StateError && error.rejection === 'not-leader') return error.leader;
    throw error;
  }
}

/**
 * Lets a 200 through.
 *
 * @throws {MasterError} That says what any other status means.
 */
export async function checked(response: MasterResponse): Promise<MasterResponse> {
  const { status, master } = response;
  if (status === 200) return response;
  const where = formatHostPort(master);
  const text = await readText(response, 1_000);
  if (status === 401 || status === 403) {
    throw new MasterError('auth', `${where} refuses our credentials: status ${status}`);
  }
  if (status !== 503) throw new MasterError('status', `${where} answers with status ${status}`);
  if (isRecovering(text)) throw new MasterError('recovering', `${where} still reads its registry`);
  throw new MasterError('no-leader', `${where} knows no leader: ${text.slice(0, 80)}`);
}
