import { type Config, ConfigError } from '../config/index.ts';
import { type Arguments, configFor } from './settings.ts';
import type { ExitCode, RunningApp, Shell } from './shell.ts';
import { Supervised } from './supervised.ts';
import { makeWorld } from './world.ts';

/** `mesonym serve`: runs the server until a signal ends it. */
export async function serve(args: Arguments, shell: Shell): Promise<ExitCode> {
  const { config, warnings } = configFor(args, shell);
  const { descriptors: inherited, announce } = shell.inheritance;
  const isSuccessor = announce !== undefined;
  const succeeded = Promise.withResolvers<void>();
  const onSucceeded = async () => {
    succeeded.resolve();
    await announce?.();
  };
  const world = { ...makeWorld(config.logLevel), inherited, isSuccessor, onSucceeded };
  for (const warning of warnings) world.log.warn(warning);
  try {
    const app = await shell.startApp(config, world);
    const supervised = shell.supervisor && new Supervised(app, shell.supervisor, world.clock);
    // Until it has taken over, a successor leaves the word to the older process.
    void (isSuccessor ? succeeded.promise : Promise.resolve()).then(() => supervised?.start());
    await new ServedApp(app, config, world, args, shell, supervised).ended();
    return 0;
  } catch (error) {
    world.log.error('The server cannot run', { error: String(error) });
    return 1;
  }
}

/**
 * The running server as its process sees it. SIGTERM lets answers go on for the lameduck time,
 * SIGINT ends at once, and a second one of either ends without waiting for anything. SIGHUP reads
 * the config again, SIGUSR2 the cluster; SIGUSR1 forgets cached outside answers (Node's own use of
 * it, its debugger, is off while it is heeded); SIGQUIT hands over to a new process without losing a
 * query. An error that nobody caught is logged and counted, and the cluster is read again: a server
 * that is half dead in silence would be worse. A service manager is told of all that.
 */
class ServedApp {
  readonly #app: RunningApp;
  readonly #world: ReturnType<typeof makeWorld>;
  readonly #args: Arguments;
  readonly #shell: Shell;
  readonly #supervised: Supervised | undefined;
  readonly #ended = Promise.withResolvers<void>();
  #config: Config;
  #isClosing = false;

  constructor(
    app: RunningApp,
    config: Config,
    world: ReturnType<typeof makeWorld>,
    args: Arguments,
    shell: Shell,
    supervised: Supervised | undefined,
  ) {
    this.#app = app;
    this.#config = config;
    this.#world = world;
    this.#args = args;
    this.#shell = shell;
    this.#supervised = supervised;
  }

  /** Heeds signals until one of them has ended the server. */
  async ended(): Promise<void> {
    const shell = this.#shell;
    const stops = [
      shell.onSignal('SIGTERM', () => this.#stop('SIGTERM', this.#config.lameduckSeconds)),
      shell.onSignal('SIGINT', () => this.#stop('SIGINT', 0)),
      shell.onSignal('SIGHUP', () => void this.#reload()),
      shell.onSignal('SIGUSR1', () => this.#app.flush()),
      shell.onSignal('SIGUSR2', () => this.#app.refresh()),
      shell.onSignal('SIGQUIT', () => void this.#handOver()),
      shell.onUnhandled(error => this.#survive(error)),
    ];
    await this.#ended.promise.finally(() => {
      for (const stop of stops) stop();
      this.#supervised?.close();
    });
  }

  #stop(signal: string, lameduckSeconds: number): void {
    void this.#supervised?.stopping();
    this.#end(signal, lameduckSeconds);
  }

  #end(signal: string, lameduckSeconds: number): void {
    this.#world.log.info('Ending', {
      signal,
      lameduckSeconds: this.#isClosing ? 0 : lameduckSeconds,
    });
    const isSecond = this.#isClosing;
    this.#isClosing = true;
    if (isSecond) this.#ended.resolve();
    else this.#app.close(lameduckSeconds).then(this.#ended.resolve, this.#ended.reject);
  }

  /** Reads the config again; whatever is wrong with it, the old one holds. */
  async #reload(): Promise<void> {
    const { log, processCounters: counters } = this.#world;
    await this.#supervised?.reloading();
    try {
      const { config, warnings } = configFor(this.#args, this.#shell);
      for (const warning of warnings) log.warn(warning);
      const needRestart = await this.#app.reload(config);
      this.#config = config;
      counters.values[counters.slot.reloads_good]++;
      log.info('The config was read again', needRestart.length > 0 ? { needRestart } : {});
    } catch (error) {
      counters.values[counters.slot.reloads_failed]++;
      const faults = error instanceof ConfigError ? error.faults : String(error);
      log.error('The config was not taken, the old one holds', { faults });
    }
    await this.#supervised?.reloaded();
  }

  /** A new process takes over the sockets; when it cannot, this one stays. */
  async #handOver(): Promise<void> {
    const { log } = this.#world;
    log.info('Starting a successor');
    try {
      const pid = await this.#shell.startSuccessor(this.#app.descriptors());
      await this.#supervised?.succeeded(pid);
    } catch (error) {
      log.error('The successor does not answer, this process stays', { error: String(error) });
      return;
    }
    this.#end('SIGQUIT', 0);
  }

  #survive(error: unknown): void {
    const { log, processCounters: counters } = this.#world;
    counters.values[counters.slot.unhandled_errors]++;
    const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
    log.error('Nobody caught an error; the server goes on', { error: text });
    if (!this.#isClosing) this.#app.refresh();
  }
}
