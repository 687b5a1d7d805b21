import { type Clock, fullJitterBackoff, type Random, sleep } from '../runtime/index.ts';
import { Connection, type Continuity, type Server } from './connection.ts';
import { ZooKeeperError, type ZooKeeperFault } from './error.ts';

export interface FollowChildrenOptions {
  /** Tried in random order. Host names may have several addresses. */
  readonly servers: readonly Server[];
  /** The node whose children are followed, such as `/mesos`. It may come into being later. */
  readonly path: string;
  /** For the scheme digest: `user:password`. */
  readonly credentials?: string | undefined;
  /** Whose octets are read; other children are passed over. */
  readonly isWanted: (name: string) => boolean;
  /** Milliseconds; the servers may grant more or less. */
  readonly sessionMs: number;
}

export interface ZooKeeperWorld {
  readonly clock: Clock;
  readonly random: Random;
  /** The addresses of a host name; empty when it has none. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
}

/** The wanted children, by name; empty when the node has none, or does not exist. */
export type Children = ReadonlyMap<string, Uint8Array>;

export interface FollowChildrenListener {
  /** The children of now: after each connection, and after each change. */
  onChildren(children: Children): void;
  /** No server can be read, told once; `onChildren` tells that one can be read again. */
  onAway(fault: ZooKeeperFault): void;
}

export interface ChildrenFollower {
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 5_000;

/**
 * Follows the children of a node and what they hold, until it is closed. Whatever happens to servers,
 * connections and sessions, it goes on trying, and reads everything anew on each connection.
 */
export function followChildren(
  options: FollowChildrenOptions,
  world: ZooKeeperWorld,
  listener: FollowChildrenListener,
): ChildrenFollower {
  const { clock, random } = world;
  const closing = new AbortController();
  const backoff = fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, random);
  const continuity: Continuity = { session: undefined, lastZxid: 0n };
  let isAway = false;

  const tell = (children: Children) => {
    isAway = false;
    backoff.reset();
    if (!closing.signal.aborted) listener.onChildren(children);
  };
  const tellAway = (fault: ZooKeeperFault) => {
    if (!isAway && !closing.signal.aborted) listener.onAway(fault);
    isAway = true;
  };
  /** Stays with one server until it is lost. @returns Whether a new round should begin. */
  const visit = async (server: Server): Promise<'again' | ZooKeeperFault> => {
    let hasRead = false;
    try {
      const connection = await Connection.open(server, clock, continuity, options.sessionMs);
      await keepReading(connection, options, closing.signal, children => {
        hasRead = true;
        tell(children);
      });
      return 'again';
    } catch (error) {
      const fault = error instanceof ZooKeeperError ? error.fault : 'garbage';
      return hasRead || fault === 'expired' ? 'again' : fault;
    }
  };
  const visitAll = async () => {
    let fault: ZooKeeperFault = 'connect';
    for (const place of await shuffledPlaces(options.servers, world, closing.signal)) {
      const outcome = await visit(place);
      if (outcome === 'again' || closing.signal.aborted) return;
      fault = outcome;
    }
    tellAway(fault);
  };
  const follow = async () => {
    let lastMs = clock.monotonic();
    while (!closing.signal.aborted) {
      await visitAll();
      await sleep(clock, backoff.next(), closing.signal);
      if (!isAway) lastMs = clock.monotonic();
      // By then the session is over, and the servers may have been set up anew, counting from 0.
      if (clock.monotonic() - lastMs > 2 * options.sessionMs) {
        continuity.session = undefined;
        continuity.lastZxid = 0n;
      }
    }
  };
  const following = follow();

  return {
    close: async () => {
      closing.abort();
      await following;
    },
  };
}

/** Reads the children, and again at each event, until the connection is lost or `closing` aborted. */
async function keepReading(
  connection: Connection,
  options: FollowChildrenOptions,
  closing: AbortSignal,
  onRead: (children: Children) => void,
): Promise<void> {
  const { lost } = connection;
  const over = AbortSignal.any([lost, closing]);
  try {
    if (options.credentials !== undefined) await connection.authenticate(options.credentials);
    while (!over.aborted) {
      const changed = new AbortController();
      connection.onEvent(() => changed.abort());
      onRead(await readChildren(connection, options));
      await aborted(AbortSignal.any([changed.signal, over]));
    }
  } finally {
    await connection.close();
  }
}

async function readChildren(
  connection: Connection,
  { path, isWanted }: Pick<FollowChildrenOptions, 'path' | 'isWanted'>,
): Promise<Children> {
  const names = await connection.getChildren(path);
  if (!names) {
    const isThereNow = await connection.exists(path);
    return isThereNow ? readChildren(connection, { path, isWanted }) : new Map();
  }
  const read = async (name: string) => [name, await connection.getData(`${path}/${name}`)] as const;
  const nodes = await Promise.all(names.filter(isWanted).map(read));
  // A child that went away meanwhile is an event of its own.
  return new Map(nodes.flatMap(([name, octets]) => (octets ? [[name, octets] as const] : [])));
}

/** Every address of every server, in random order. */
async function shuffledPlaces(
  servers: readonly Server[],
  { resolve, random }: ZooKeeperWorld,
  signal: AbortSignal,
): Promise<readonly Server[]> {
  const known = servers.map(async ({ host, port }) =>
    (await resolve(host, signal)).map(address => ({ host: address, port })),
  );
  const places = (await Promise.all(known)).flat();
  return places
    .map(place => ({ place, rank: random.uint32() }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ place }) => place);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
