import {
  aborted,
  type Backoff,
  type Clock,
  fullJitterBackoff,
  type Random,
  sleep,
} from '../runtime/index.ts';
import { Connection, type Continuity, type Server } from './connection.ts';
import { ZooKeeperError, type ZooKeeperFault } from './error.ts';

/** What to follow, and where. */
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

/** What following needs of the world. */
export interface ZooKeeperWorld {
  readonly clock: Clock;
  readonly random: Random;
  /** The addresses of a host name; empty when it has none. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
}

/** The wanted children, by name; empty when the node has none, or does not exist. */
export type Children = ReadonlyMap<string, Uint8Array>;

/** Who is told. */
export interface FollowChildrenListener {
  /** The children of now: after each connection, and after each change. */
  onChildren(children: Children): void;
  /** No server can be read, told once; `onChildren` tells that one can be read again. */
  onAway(fault: ZooKeeperFault): void;
}

/** Follows until it is closed, which ends its session too. */
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
  return new Follower(options, world, listener);
}

class Follower implements ChildrenFollower {
  readonly #options: FollowChildrenOptions;
  readonly #world: ZooKeeperWorld;
  readonly #listener: FollowChildrenListener;
  readonly #closing = new AbortController();
  readonly #backoff: Backoff;
  readonly #continuity: Continuity = { session: undefined, lastZxid: 0n };
  readonly #following: Promise<void>;
  #isAway = false;

  constructor(
    options: FollowChildrenOptions,
    world: ZooKeeperWorld,
    listener: FollowChildrenListener,
  ) {
    this.#options = options;
    this.#world = world;
    this.#listener = listener;
    this.#backoff = fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, world.random);
    this.#following = this.#follow();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#following;
  }

  async #follow(): Promise<void> {
    const { clock } = this.#world;
    const { signal } = this.#closing;
    let lastMs = clock.monotonic();
    while (!signal.aborted) {
      await this.#visitAll();
      await sleep(clock, this.#backoff.next(), signal);
      if (!this.#isAway) lastMs = clock.monotonic();
      if (clock.monotonic() - lastMs > 2 * this.#options.sessionMs) this.#forget();
    }
  }

  /** By now the session is over, and the servers may have been set up anew, counting from 0. */
  #forget(): void {
    this.#continuity.session = undefined;
    this.#continuity.lastZxid = 0n;
  }

  /** One round: stays with the first server that can be read, until it is lost. */
  async #visitAll(): Promise<void> {
    let fault: ZooKeeperFault = 'connect';
    const { signal } = this.#closing;
    for (const place of await shuffledPlaces(this.#options.servers, this.#world, signal)) {
      if (signal.aborted) return;
      const outcome = await this.#visit(place);
      if (outcome === 'again') return;
      fault = outcome;
    }
    if (!this.#isAway && !signal.aborted) this.#listener.onAway(fault);
    this.#isAway = true;
  }

  /** Stays with one server until it is lost. @returns Whether a new round should begin. */
  async #visit(server: Server): Promise<'again' | ZooKeeperFault> {
    const { clock } = this.#world;
    const { sessionMs } = this.#options;
    let hasRead = false;
    try {
      const { signal } = this.#closing;
      const connection = await Connection.open(server, clock, this.#continuity, sessionMs, signal);
      await keepReading(connection, this.#options, signal, children => {
        hasRead = true;
        this.#tell(children);
      });
      return 'again';
    } catch (error) {
      const fault = error instanceof ZooKeeperError ? error.fault : 'garbage';
      return hasRead || fault === 'expired' ? 'again' : fault;
    }
  }

  #tell(children: Children): void {
    this.#isAway = false;
    this.#backoff.reset();
    if (!this.#closing.signal.aborted) this.#listener.onChildren(children);
  }
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
  const below = path === '/' ? path : `${path}/`;
  const read = async (name: string) => [name, await connection.getData(below + name)] as const;
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
