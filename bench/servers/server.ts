import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from '../benchmark.ts';
import { freePort } from '../measure/free-port.ts';
import { type ProcessGroup, SERVER_CORE, startGroup } from '../measure/process-group.ts';
import { queryOctets, udpClient } from '../measure/udp-client.ts';

/** Where a server is to run. */
export interface Place {
  readonly port: number;
  /** A folder of its own. */
  readonly folder: string;
  readonly context: BenchContext;
}

/** How to start one kind of server. */
export interface ServerKind {
  readonly name: string;
  /** Where it listens; missing means a free port. */
  readonly port?: number;
  /** Says why it cannot be measured here; undefined when it can. */
  readonly missing: (context: BenchContext) => string | undefined;
  /** Writes its files and says what to run, or where it runs already. */
  readonly prepare: (place: Place) => Promise<Prepared>;
}

export interface Prepared {
  readonly command: readonly string[];
  /** Ends what was started beside it. */
  readonly cleanUp?: () => Promise<void>;
}

export interface RunningServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Undefined for servers somebody else started. */
  readonly group: ProcessGroup | undefined;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 120_000;

/** Starts a fresh process, pinned, and waits until it answers `readyQuery`. */
export async function startServer(
  kind: ServerKind,
  context: BenchContext,
  readyQuery: string,
  cores = SERVER_CORE,
): Promise<RunningServer> {
  const folder = mkdtempSync(join(context.folder, `${kind.name}-`));
  const port = kind.port ?? (await freePort());
  const { command, cleanUp } = await kind.prepare({ port, folder, context });
  const group = startGroup(cores, command);
  const stop = async () => {
    await group.stop();
    await cleanUp?.();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(port, readyQuery, group);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: kind.name, host: '127.0.0.1', port, group, stop };
}

/** Asks again and again until the server answers with NOERROR. */
async function waitUntilReady(port: number, line: string, group: ProcessGroup): Promise<void> {
  const client = await udpClient('127.0.0.1', port);
  const endMs = performance.now() + START_LIMIT_MS;
  try {
    while (performance.now() < endMs && !group.hasEnded()) {
      const response = await client.ask(queryOctets(line), 20);
      // A server that is still loading must not spend its time on us.
      await new Promise(resolve => setTimeout(resolve, 2));
      if (response && (response[3] & 15) === 0 && response.readUInt16BE(6) > 0) return;
    }
  } finally {
    client.close();
  }
  const why = group.hasEnded() ? 'it ended' : 'it does not answer';
  throw new Error(`Cannot start a server: ${why}; it wrote: ${group.output()}`);
}
