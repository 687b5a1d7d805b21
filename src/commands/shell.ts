import type { Config } from '../config/index.ts';
import type { DomainName } from '../dns/index.ts';
import type { Counters, World } from '../runtime/index.ts';

/** 0 good, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** The signals that commands heed. */
export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGQUIT';

/** What a command may see and do of the outside; handed in by `main.ts`, and by tests. */
export interface Shell {
  /** Writes a line to standard output. */
  out(line: string): void;
  /** Writes a line to standard error. */
  err(line: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** Calls `handle` at each such signal; the returned function ends that. */
  onSignal(signal: Signal, handle: () => void): () => void;
  /** Calls `handle` for each error that nobody caught; the returned function ends that. */
  onUnhandled(handle: (error: unknown) => void): () => void;
  /** Starts this program anew with our listening sockets; resolves with its pid when it answers. */
  startSuccessor(descriptors: readonly number[]): Promise<number>;
  /** What an older process, or systemd, left to this one. */
  readonly inheritance: Inheritance;
  /** The service manager that started this process, if it wants to hear how it goes. */
  readonly supervisor: Supervisor | undefined;
  /** Starts the whole server; loaded only when it is needed. */
  startApp: StartApp;
}

/** How this process was started. */
export interface Inheritance {
  readonly descriptors: readonly number[];
  /**
   * Tells the older process that this one answers, and resolves when it has ended; undefined when
   * there is none.
   */
  readonly announce: (() => Promise<void>) | undefined;
}

/** A service manager such as systemd, as sd_notify(3) speaks to it. */
export interface Supervisor {
  /** How long it waits for the next sign of life before it ends the process; undefined for ever. */
  readonly watchdogMs: number | undefined;
  /** Resolves when it was told; what it cannot be told is dropped. */
  tell(notice: Notice): Promise<void>;
}

/** What a service manager is told; `status` is a line for people. */
export type Notice =
  | { readonly kind: 'ready' | 'status' | 'alive'; readonly status: string }
  | { readonly kind: 'reloading' | 'stopping' }
  /** The process `pid` takes over from this one. */
  | { readonly kind: 'succeeded'; readonly pid: number };

/** What the process counts beside its app. */
export const PROCESS_COUNTERS = [
  'reloads_good',
  'reloads_failed',
  'unhandled_errors',
  'http_forbidden',
  'http_unauthorized',
] as const;

/** Those counters, as they are shared with the metrics. */
export type ProcessCounters = Counters<(typeof PROCESS_COUNTERS)[number]>;

/** The world as the app is handed it, with what concerns its process. */
export interface AppWorld extends World {
  /** Missing where the process is not the app's own, as in tests. */
  readonly processCounters?: ProcessCounters | undefined;
  /** Listening sockets that an older process, or systemd, left to this one. */
  readonly inherited?: readonly number[] | undefined;
  /** An older process answers until the app calls `onSucceeded`, and until that resolves. */
  readonly isSuccessor?: boolean | undefined;
  readonly onSucceeded?: (() => Promise<void>) | undefined;
}

/** Starts the whole server, as `startApp` in app.ts does. */
export type StartApp = (config: Config, world: AppWorld) => Promise<RunningApp>;

/** The running server, as far as its process needs it. */
export interface RunningApp {
  /** The addresses DNS is served at, and the origin of HTTP (`http://127.0.0.1:8123`). */
  readonly dns: readonly { readonly host: string; readonly port: number }[];
  readonly http: string | undefined;
  /** Resolves when a first zone is answered. */
  whenReady(): Promise<void>;
  /** Applies a new config and says which changed settings need a restart. Throws: the old one holds. */
  reload(config: Config): Promise<readonly string[]>;
  /** Reads the cluster anew. */
  refresh(): void;
  /** Forgets every cached outside answer. */
  flush(): void;
  /** Resolves when every answer thread has given a sign of life; never while one is stuck. */
  alive(): Promise<void>;
  /** How it goes, in a line for people. */
  summary(): string;
  /** A whole zone as it is answered now, as sorted master-file text: the domain's by default. */
  zoneText(origin?: DomainName): string | undefined;
  /** The listening sockets of DNS, for a process that takes over. */
  descriptors(): readonly number[];
  /** Says "not ready", goes on answering for `lameduckSeconds`, then ends. */
  close(lameduckSeconds: number): Promise<void>;
}
