import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type StaticMaster, startStaticMaster, stateOctets } from '../../src/simulator/index.ts';
import { freePort } from '../measure/free-port.ts';
import type { Place, Prepared, ServerKind } from './server.ts';

const LAUNCHER = fileURLToPath(new URL('../../dist/src/mesonym.js', import.meta.url));
const BUILD = fileURLToPath(new URL('../../.ci/build.ts', import.meta.url));
/** As the package's own first line starts it. */
const START = ['env', 'MALLOC_ARENA_MAX=2', process.execPath, '--max-semi-space-size=4', LAUNCHER];

/** Makes the package, as it is published: that is what is measured, not the source. */
export function buildPackage(): void {
  execFileSync(process.execPath, [BUILD], { stdio: 'inherit' });
}

/** The product under test, as anybody starts it, following a master that serves the corpus. */
export const MESONYM = mesonym('mesonym', {});

/** The same over `node:dgram`, as where FFI cannot be loaded. */
export const MESONYM_PORTABLE = mesonym('mesonym-portable', { udpMode: 'portable' });

/** The product with settings of its own; they stand over those all runs have. */
export function mesonym(name: string, settings: Readonly<Record<string, unknown>>): ServerKind {
  return {
    name,
    missing: () => undefined,
    prepare: async place => {
      const master = await startStaticMaster(() => performance.now());
      master.publish([...stateOctets(place.context.corpus.cluster, master.pid)]);
      return { ...(await prepareMesonym(place, master, settings)), cleanUp: () => master.close() };
    },
  };
}

/** Writes a config that follows `master`, and says how to start. */
export async function prepareMesonym(
  { port, folder }: Pick<Place, 'port' | 'folder'>,
  master: Pick<StaticMaster, 'address'> | { readonly addresses: readonly string[] },
  settings: Readonly<Record<string, unknown>>,
): Promise<Prepared> {
  const config = join(folder, 'config.json');
  const masters = 'addresses' in master ? master.addresses : [master.address];
  const common = {
    masters,
    source: 'poll',
    refreshSeconds: 3600,
    domain: 'mesos',
    listener: '127.0.0.1',
    port,
    httpListener: '127.0.0.1',
    httpPort: await freePort(),
    externalOn: false,
    resolvers: [],
    snapshotFile: '',
    logLevel: 'warn',
  };
  writeFileSync(config, JSON.stringify({ ...common, ...settings }, undefined, 2));
  return { command: [...START, 'serve', '--config', config] };
}
