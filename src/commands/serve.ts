import { type Config, ConfigError } from '../config/index.ts';
import { cryptoRandom, jsonLog, type Log, systemClock } from '../runtime/index.ts';
import { type Arguments, configFor } from './settings.ts';
import type { ExitCode, RunningApp, Shell } from './shell.ts';

/** `mesonym serve`: runs the server until a signal ends it. */
export async function serve(args: Arguments, shell: Shell): Promise<ExitCode> {
  const loaded = configFor(args, shell);
  const log = jsonLog(loaded.config.logLevel);
  for (const warning of loaded.warnings) log.warn(warning);
  try {
    const world = { clock: systemClock(), random: cryptoRandom(), log };
    const app = await shell.startApp(loaded.config, world);
    await untilEnded(app, loaded.config, args, shell, log);
    return 0;
  } catch (error) {
    log.error('The server cannot run', { error: String(error) });
    return 1;
  }
}

/**
 * Heeds signals until one of them ends the server. SIGTERM lets answers go on for the lameduck time,
 * SIGINT ends at once; a second one of either ends without waiting for anything.
 */
async function untilEnded(
  app: RunningApp,
  config: Config,
  args: Arguments,
  shell: Shell,
  log: Log,
): Promise<void> {
  const stops: (() => void)[] = [];
  let current = config;
  const ended = Promise.withResolvers<void>();
  let isClosing = false;
  const end = (signal: string, lameduckSeconds: number) => {
    log.info('Ending', { signal, lameduckSeconds: isClosing ? 0 : lameduckSeconds });
    if (isClosing) return ended.resolve();
    isClosing = true;
    app.close(lameduckSeconds).then(ended.resolve, ended.reject);
  };
  const reload = async () => {
    current = await reloaded(app, current, args, shell, log);
  };
  stops.push(
    shell.onSignal('SIGTERM', () => end('SIGTERM', current.lameduckSeconds)),
    shell.onSignal('SIGINT', () => end('SIGINT', 0)),
    shell.onSignal('SIGHUP', () => void reload()),
    shell.onSignal('SIGUSR2', () => app.refresh()),
  );
  await ended.promise.finally(() => {
    for (const stop of stops) stop();
  });
}

/** Reads the config again; whatever is wrong with it, the old one holds. */
async function reloaded(
  app: RunningApp,
  current: Config,
  args: Arguments,
  shell: Shell,
  log: Log,
): Promise<Config> {
  try {
    const { config, warnings } = configFor(args, shell);
    for (const warning of warnings) log.warn(warning);
    const needRestart = await app.reload(config);
    log.info('The config was read again', needRestart.length > 0 ? { needRestart } : {});
    return config;
  } catch (error) {
    const faults =
      error instanceof ConfigError ? { faults: error.faults } : { error: String(error) };
    log.error('The config was not taken, the old one holds', faults);
    return current;
  }
}
