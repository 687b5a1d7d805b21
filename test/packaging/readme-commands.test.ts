import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { end, type Namespace, openNamespace } from '../fakes/namespace.ts';
import { testAsRoot } from '../fakes/real-programs.ts';
import { stateJson } from '../fakes/state-json.ts';
import { PROJECT } from '../paths.ts';

const README = readFileSync(join(PROJECT, 'README.md'), 'utf8');
/** The config of "In a minute"; its masters, resolver and ZooKeeper are not changed. */
const CONFIG = /```json\n([\s\S]*?)```/.exec(README)![1];
const [MASTER] = (JSON.parse(CONFIG) as { masters: readonly string[] }).masters;

/** What README writes in a few letters, or where operators have their files. */
const PLACES: readonly (readonly [shown: string, meant: string])[] = [
  ['/etc/mesonym/config.json', 'config.json'],
  ['/etc/mesos-dns/config.json', 'config.json'],
  ['explain NAME', 'explain apache2.marathon.mesos'],
  ['explain ADDRESS', 'explain 10.9.8.1'],
];
const FOUND = [...README.matchAll(/(?:\$ |`)(mesonym -?[a-z][^`\n]*)/g)].map(([, line]) => line);
const LINES = [
  ...new Set(
    FOUND.map(line => PLACES.reduce((text, [shown, meant]) => text.replace(shown, meant), line)),
  ),
];
/** These go on until they are ended; the others end by themselves. */
const isLasting = (line: string) => /^mesonym (serve|-config|watch|demo)/.test(line);
const SAYS: readonly (readonly [command: RegExp, said: RegExp])[] = [
  [/ check\b/, /can be used/],
  [/ lookup /, /apache2\.marathon\.mesos\..*10\.9\.8\.\d/],
  [/ zone /, /^apache2\.marathon\.mesos\..*\sA\s/m],
  [/ explain apache2/, /addresses by source/],
  [/ explain 10/, /task apache2\.0/],
  [/ diff /, /\+ .*rabbitmq\.marathon\.mesos/],
  [/ healthcheck/, /good/],
  [/ watch/, /serial|zone|hello/],
  [/ demo/, /Ctrl-C ends it/],
  [/ (serve|-config) /, /"msg":"ready"/],
  [/ keygen /, /^mesos\. IN DNSKEY 257 3 13 /m],
  [/ completion/, /^$/],
];

const commandTest = testAsRoot('unshare', 'nsenter', 'ip');

describe('the commands of README, in a cluster with the addresses of README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-readme-'));
  let namespace: Namespace;

  beforeAll(async () => {
    const apache2 = { name: 'apache2', instances: [['10.9.8.1'], ['10.9.8.2']] };
    const rabbitmq = { name: 'rabbitmq', instances: [['10.9.8.3']] };
    const files = {
      'config.json': CONFIG,
      'before.json': stateJson(MASTER, [apache2]),
      'after.json': stateJson(MASTER, [apache2, rabbitmq]),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, 'bin'));
    symlinkSync(join(PROJECT, 'src/mesonym.js'), join(folder, 'bin/mesonym'));
    namespace = await openNamespace(['10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24']);
    const [host, port] = MASTER.split(':');
    const program = join(PROJECT, 'test/fakes/static-master-main.ts');
    const state = join(folder, 'after.json');
    await namespace.start(/^master on/, process.execPath, program, state, port, host);
    await namespace.start(/"msg":"ready"/, ...shell('mesonym serve --config config.json'));
  });
  afterAll(async () => {
    await namespace.close();
    rmSync(folder, { recursive: true });
  });

  /** As somebody types it, in a folder with the files that README speaks of. */
  function shell(line: string): [string, ...string[]] {
    const path = [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
    return ['env', `PATH=${path}`, `HOME=${folder}`, 'sh', '-c', `cd ${folder} && exec ${line}`];
  }

  commandTest.concurrent.each(LINES)('%s', async line => {
    const [, said] = SAYS.find(([command]) => command.test(line))!;
    if (isLasting(line)) {
      // Beside the one that runs already.
      const isAnother = /serve|-config/.test(line) && !line.includes('--port');
      const apart = isAnother ? `${line} --port 0 --httpPort 0` : line;
      await end(await namespace.start(said, ...shell(apart)), 'SIGINT');
      return;
    }
    const { output, code } = await namespace.run(...shell(line));
    expect({ output, code }).toEqual({ output: expect.stringMatching(said), code: 0 });
  });

  commandTest('completion is written where bash reads it', () => {
    expect(readFileSync(join(folder, '.bashrc'), 'utf8')).toContain('mesonym');
  });
});
