import type { Config } from '../config/index.ts';
import type { DomainName } from '../dns/index.ts';
import { quietLog, sleep } from '../runtime/index.ts';
import type { Shell } from './shell.ts';
import { makeWorld } from './world.ts';

/** How long masters may take to give a state of 100,000 tasks, or to recover from a failover. */
const PATIENCE_MS = 60_000;

/**
 * A zone that the masters of a config make now, as text, the domain's by default: they are followed until they give a
 * state, by a server that listens nowhere and keeps nothing.
 *
 * @throws {Error} When none gives a state in time.
 */
export async function zoneFromMasters(
  config: Config,
  shell: Shell,
  origin?: DomainName,
): Promise<string | undefined> {
  const world = { ...makeWorld('error'), log: quietLog() };
  const aside = { ...config, dnsOn: false, httpOn: false, snapshotFile: '', secondaries: [] };
  const app = await shell.startApp(aside, world);
  const ended = new AbortController();
  try {
    const late = sleep(world.clock, PATIENCE_MS, ended.signal).then(() => 'late' as const);
    if ((await Promise.race([app.whenReady(), late])) === 'late') {
      throw new Error(`Cannot read the masters in ${PATIENCE_MS / 1000} s: ${app.summary()}`);
    }
    return app.zoneText(origin);
  } finally {
    ended.abort();
    await app.close(0);
  }
}
