import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Namespace, openNamespace } from '../fakes/namespace.ts';
import { type ServiceSpec, stateJson } from '../fakes/state-json.ts';
import { PROJECT } from '../paths.ts';

const MASTER = '127.0.0.1:5050';

/** A namespace in which the whole product runs on port 53, as it would on an agent. */
export interface ServedNamespace extends Namespace {
  /** A folder for the files of the test; removed at the end. */
  readonly folder: string;
}

/**
 * Opens a namespace with a master that knows `services` and Mesonym on 127.0.0.1 and ::1, port 53.
 * `settings` are further settings of its config.
 */
export async function serveInNamespace(
  services: readonly ServiceSpec[],
  settings: Readonly<Record<string, unknown>> = {},
  addresses: readonly string[] = [],
): Promise<ServedNamespace> {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-clients-'));
  const stateFile = join(folder, 'state.json');
  const configFile = join(folder, 'config.json');
  writeFileSync(stateFile, stateJson(MASTER, services));
  writeFileSync(configFile, JSON.stringify({ ...basicSettings, ...settings }));
  const namespace = await openNamespace(addresses);
  const close = async () => {
    await namespace.close();
    rmSync(folder, { recursive: true });
  };
  try {
    const node = process.execPath;
    const master = join(PROJECT, 'test/fakes/static-master-main.ts');
    await namespace.start(/^master on/, node, master, stateFile, '5050');
    const launcher = join(PROJECT, 'src/mesonym.js');
    await namespace.start(/"msg":"ready"/, node, launcher, 'serve', '--config', configFile);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...namespace, folder, close };
}

const basicSettings = {
  masters: [MASTER],
  listeners: ['127.0.0.1', '::1'],
  httpListener: '127.0.0.1',
  externalOn: false,
  refreshSeconds: 1,
};
