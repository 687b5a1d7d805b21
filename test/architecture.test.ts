import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT } from './paths.ts';

/** Who may import whom, folder by folder. The shell files at the top may import everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  dns: [],
  runtime: [],
  metrics: [],
  zookeeper: ['runtime'],
  config: ['dns'],
  mesos: ['zookeeper', 'runtime'],
  records: ['dns', 'mesos'],
  zone: ['dns', 'runtime'],
  handlers: ['dns', 'zone', 'runtime'],
  server: ['dns', 'handlers', 'runtime'],
  dnssec: ['dns', 'zone', 'runtime'],
  forward: ['dns', 'handlers', 'runtime'],
  transfer: ['dns', 'zone', 'handlers', 'runtime'],
  api: ['dns', 'records', 'zone', 'runtime'],
  simulator: ['dns', 'runtime'],
  // The commands are part of the shell: each calls the folder that does its work.
  wiring: [
    'api',
    'commands',
    'config',
    'dns',
    'dnssec',
    'forward',
    'handlers',
    'mesos',
    'metrics',
    'records',
    'runtime',
    'server',
    'transfer',
    'zone',
  ],
  commands: [
    'config',
    'dns',
    'dnssec',
    'forward',
    'mesos',
    'records',
    'runtime',
    'simulator',
    'zone',
  ],
};

/** The one home of each package: a folder, or a single file. */
const PACKAGE_HOME: Readonly<Record<string, string>> = {
  undici: 'mesos/',
  'lru-cache': 'forward/',
  'prom-client': 'metrics/',
  yargs: 'cli.ts',
  koffi: 'server/',
  zod: 'config/',
  pino: 'runtime/log.ts',
  dns2: 'dns/message.ts',
};

/** Tables are data and may be longer than a file of code (STYLE 3). */
const LONG_TABLES: readonly string[] = [];
const MAX_LINES = 250;

/** A name of a closed set (`typeof NAMES`) says no more than the list, which stands right above it. */
const EXPORTED =
  /^export (?!type \w+ = (?:\(typeof|keyof typeof))(?:async )?(?:function\*?|class|interface|type|const) \w/;

const SOURCE = join(PROJECT, 'src');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => ({ path: file, text: readFileSync(join(SOURCE, file), 'utf8') }));
const folderOf = (path: string) => (path.includes('/') ? path.split('/')[0] : '');

function imports(text: string): string[] {
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'|new URL\(\s*'(\.[^']+)'/g);
  return [...found].map(([, module, url]) => module ?? url);
}

describe.each(files)('$path', ({ path, text }) => {
  const ours = imports(text)
    .filter(name => name.startsWith('.'))
    .map(name => relative(SOURCE, resolve(SOURCE, dirname(path), name)));

  test('imports only the folders its own may know, by their doors', () => {
    const folder = folderOf(path);
    if (folder === '') return;
    for (const target of ours.filter(name => folderOf(name) !== folder)) {
      expect(MAY_IMPORT[folder], `${path} imports ${target}`).toContain(folderOf(target));
      expect(target, `${path} goes round a door`).toMatch(/^[^/]+\/index\.ts$/);
    }
  });

  test('uses packages only in their one home', () => {
    const packages = imports(text).filter(name => !/^(\.|node:)/.test(name));
    for (const name of packages) {
      const home = PACKAGE_HOME[name.split('/')[0]];
      expect(home, `${name} has no home in the table`).toBeDefined();
      expect(path.startsWith(home), `${name} belongs in ${home}`).toBe(true);
    }
  });

  test('says of each name that it exports what it is', () => {
    const lines = text.split('\n');
    const silent = lines.filter(
      (line, at) => EXPORTED.test(line) && !lines[at - 1]?.endsWith('*/'),
    );
    expect(silent).toEqual([]);
  });

  test('stays under the size of a file one can hold in mind', () => {
    if (LONG_TABLES.includes(path)) return;
    expect(text.split('\n').length).toBeLessThanOrEqual(MAX_LINES + 1);
  });
});

test('every folder is in the table, and has a door that says what it is', () => {
  const folders = new Set(files.map(({ path }) => folderOf(path)).filter(Boolean));
  expect([...folders].filter(folder => !(folder in MAY_IMPORT))).toEqual([]);
  for (const folder of folders) {
    const door = files.find(({ path }) => path === `${folder}/index.ts`);
    expect(door?.text, `${folder}/index.ts`).toMatch(/^\/\*\*/);
  }
});

test("README's map names every folder, and none that is gone", () => {
  const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
  const [, map] = /\| to change \| look in \|\n(.*?)\n\n/s.exec(readme) ?? [];
  const named = [...(map ?? '').matchAll(/`([a-z-]+)\/`/g)].map(([, folder]) => folder);
  const folders = files.map(({ path }) => folderOf(path)).filter(Boolean);
  expect([...new Set(named)].toSorted()).toEqual([...new Set(folders)].toSorted());
});
