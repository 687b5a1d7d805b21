import { readFileSync } from 'node:fs';
import type { AppWorld, RunningApp } from './commands/index.ts';
import type { Config } from './config/index.ts';
import type { DomainName } from './dns/index.ts';
import { formatHostPort } from './mesos/index.ts';
import { makeExposition } from './metrics/index.ts';
import { sleep } from './runtime/index.ts';
import {
  changedSettings,
  Generation,
  type GenerationParts,
  knownAfterReload,
  Listening,
  pastSerial,
  savedState,
  withCertificateOf,
  withSettingsOf,
} from './wiring/index.ts';

/** What waits for masters to confirm a zone, when another one is answered meanwhile. */
const SETTLE_MS = 10_000;
/** How long the HTTP port of a process that is leaving may still be taken. */
const HTTP_PATIENCE_MS = 10_000;

/** Settings that sockets are made of: they hold until the process is started anew. */
const SOCKET_SETTINGS = [
  'dnsOn',
  'listener',
  'listeners',
  'port',
  'threads',
  'tlsListeners',
  'udpMode',
] as const satisfies readonly (keyof Config)[];

/**
 * Builds every part from the config and starts it: the sockets first, so that a port that is taken
 * is said at once; then the answer threads, the following of the masters, and the HTTP API.
 *
 * @throws {ListenError} When an address cannot be had. Nothing is left running then.
 */
export async function startApp(config: Config, world: AppWorld): Promise<RunningApp> {
  const saved = await savedState(config, ownVersion(), world);
  const listening = config.dnsOn ? await Listening.open(config, world) : undefined;
  const app = new App(world, listening);
  try {
    await app.start(config, saved);
    return app;
  } catch (error) {
    await app.close(0);
    throw error;
  }
}

type Known = Pick<GenerationParts, 'restored' | 'serial' | 'known' | 'inactiveSince'>;

class App implements RunningApp {
  readonly #world: AppWorld;
  readonly #listening: Listening | undefined;
  readonly #version = ownVersion();
  readonly #exposition = makeExposition();
  readonly #startedMs: number;
  #generation: Generation | undefined;
  #isClosing = false;

  constructor(world: AppWorld, listening: Listening | undefined) {
    this.#world = world;
    this.#listening = listening;
    this.#startedMs = world.clock.monotonic();
  }

  get dns(): RunningApp['dns'] {
    const addresses = this.#listening?.listeners.addresses ?? [];
    return addresses.map(({ address: host, port }) => ({ host, port }));
  }

  get http(): string | undefined {
    const http = this.#generation?.http;
    if (!http) return undefined;
    const scheme = this.#current.config.pem.apiCertFile ? 'https' : 'http';
    return `${scheme}://${formatHostPort({ host: http.address, port: http.port })}`;
  }

  async start(config: Config, known: Known): Promise<void> {
    const { log } = this.#world;
    const alone = Promise.withResolvers<void>();
    const generation = this.#next(config, known, alone.promise);
    this.#generation = generation;
    await generation.start();
    void generation.ready.then(() => log.info('ready', { serial: generation.serial }));
    if (this.#world.isSuccessor) {
      void this.#succeed(generation, alone.resolve);
      return;
    }
    generation.takeSockets();
    alone.resolve();
    await generation.startHttp(0);
  }

  whenReady(): Promise<void> {
    return this.#current.ready;
  }

  refresh(): void {
    this.#current.refresh();
  }

  flush(): void {
    this.#current.flush();
  }

  /** The new generation is whole before it takes over the sockets; then the old one drains. */
  async reload(wanted: Config): Promise<readonly string[]> {
    const old = this.#current;
    const changed = changedSettings(old.config, wanted);
    const needRestart = SOCKET_SETTINGS.filter(name => changed.includes(name));
    if (changed.length === needRestart.length) return needRestart;
    const held = withSettingsOf(wanted, old.config, SOCKET_SETTINGS);
    const config = withCertificateOf(held, old.config);
    const alone = Promise.withResolvers<void>();
    const known = {
      restored: old.state,
      // The old generation goes on publishing until the new one answers.
      serial: pastSerial(config, old.serial),
      known: knownAfterReload(old.known, old.config, config),
      inactiveSince: old.inactiveSince,
    };
    const fresh = this.#next(config, known, alone.promise);
    try {
      await fresh.start();
      await fresh.settled(SETTLE_MS);
      await this.#moveHttp(old, fresh);
    } catch (error) {
      await fresh.close();
      throw error;
    }
    fresh.takeSockets();
    this.#generation = fresh;
    await old.close().finally(alone.resolve);
    return needRestart;
  }

  async close(lameduckSeconds: number): Promise<void> {
    this.#isClosing = true;
    await sleep(this.#world.clock, lameduckSeconds * 1000);
    await this.#generation?.close();
    await this.#listening?.close();
  }

  alive(): Promise<void> {
    return this.#current.alive();
  }

  summary(): string {
    return this.#current.summary();
  }

  zoneText(origin?: DomainName): string | undefined {
    return this.#current.zoneText(origin);
  }

  /** The sockets of DNS, for a process that takes over. */
  descriptors(): readonly number[] {
    return this.#listening?.listeners.descriptors() ?? [];
  }

  get #current(): Generation {
    if (!this.#generation) throw new TypeError('The server was not started');
    return this.#generation;
  }

  #next(config: Config, known: Known, alone: Promise<void>): Generation {
    return new Generation(config, this.#world, {
      ...known,
      version: this.#version,
      listening: this.#listening,
      alone,
      isClosing: () => this.#isClosing,
      startedMs: this.#startedMs,
      exposition: this.#exposition,
    });
  }

  /** Until the zone is known the older process answers; both do until it is told and leaves. */
  async #succeed(generation: Generation, beAlone: () => void): Promise<void> {
    const { log } = this.#world;
    await generation.ready;
    await generation.settled(SETTLE_MS);
    generation.takeSockets();
    void this.#world.onSucceeded?.().then(beAlone);
    try {
      await generation.startHttp(HTTP_PATIENCE_MS);
    } catch (error) {
      log.error('Cannot serve HTTP', { error: String(error) });
    }
  }

  /**
   * Two servers cannot have one port, so the old one lets go first; it comes back if that was
   * wrong.
   */
  async #moveHttp(old: Generation, fresh: Generation): Promise<void> {
    await old.closeHttp();
    try {
      await fresh.startHttp(0);
    } catch (error) {
      await old.startHttp(0);
      throw error;
    }
  }
}

function ownVersion(): string {
  const about = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(about, 'utf8')) as { version: string }).version;
}
