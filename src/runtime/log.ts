import { pino } from 'pino';

/** The facts of a line, by name. */
export type LogFields = Readonly<Record<string, unknown>>;
/** How weighty a line is; the least one that is written is a setting. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A structured log. Names from the cluster or from clients go into fields, where JSON escapes them. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose every line also carries `fields`. */
  with(fields: LogFields): Log;
}

/** One JSON object a line on standard output. */
export function jsonLog(level: LogLevel): Log {
  return fromPino(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }));
}

/** A log that keeps nothing. */
export function quietLog(): Log {
  const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => quiet };
  return quiet;
}

function fromPino(logger: pino.Logger): Log {
  return {
    debug: (message, fields) => logger.debug(fields, message),
    info: (message, fields) => logger.info(fields, message),
    warn: (message, fields) => logger.warn(fields, message),
    error: (message, fields) => logger.error(fields, message),
    with: fields => fromPino(logger.child(fields)),
  };
}
