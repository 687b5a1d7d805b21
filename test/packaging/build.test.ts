import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishedLock, publishedPackage } from '../../.ci/package-files.ts';
import { startOwnProcess } from '../fakes/own-process.ts';
import { PROJECT } from '../paths.ts';

/** What the build reads: the files the Dockerfile copies. */
const SOURCES = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'tsconfig.json',
  'tsconfig.build.json',
  'README.md',
  'LICENSE',
  '.ci',
  'config',
  'src',
];
const folder = mkdtempSync(join(tmpdir(), 'mesonym-build-'));
const checkout = join(folder, 'checkout');
const elsewhere = join(folder, 'elsewhere');
const environment = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
};

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** Builds in a clean folder, packs, and installs the package in another one. */
beforeAll(() => {
  for (const path of SOURCES)
    cpSync(join(PROJECT, path), join(checkout, path), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(checkout, 'node_modules'));
  run('npm', ['run', '--silent', 'build'], checkout);
  run('npm', ['pack', '--silent', '--pack-destination', folder], join(checkout, 'dist'));
  install();
});

afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, words: readonly string[], cwd: string): string {
  return execFileSync(program, words, { cwd, env: environment, encoding: 'utf8' });
}

/** What `npm install` does with the tarball, from the packages at hand instead of a registry. */
function install(): void {
  const own = join(elsewhere, 'node_modules/mesonym');
  mkdirSync(own, { recursive: true });
  run(
    'tar',
    ['-xzf', join(folder, 'mesonym-0.1.0.tgz'), '--strip-components=1', '-C', own],
    folder,
  );
  const { packages } = JSON.parse(readFileSync(join(own, 'npm-shrinkwrap.json'), 'utf8')) as Lock;
  const installed = Object.keys(packages).filter(
    path => path !== '' && existsSync(join(PROJECT, path)),
  );
  for (const path of installed)
    cpSync(join(PROJECT, path), join(elsewhere, path), { recursive: true });
  mkdirSync(join(elsewhere, 'node_modules/.bin'));
  symlinkSync('../mesonym/src/mesonym.js', join(elsewhere, 'node_modules/.bin/mesonym'));
}

test('the package says its version, far from the checkout', () => {
  expect(run('npx', ['--no', '--', 'mesonym', '--version'], elsewhere)).toBe('0.1.0\n');
});

test('the package checks a config of its own', () => {
  const example = join(elsewhere, 'node_modules/mesonym/config/config.example.json');
  const { status, stderr } = spawnSync(
    'npx',
    ['--no', '--', 'mesonym', 'check', '--config', example],
    {
      cwd: elsewhere,
      env: environment,
      encoding: 'utf8',
    },
  );
  expect(stderr).toMatch(/can be used/);
  expect(status).toBe(0);
});

test("koffi's compiled half comes with it", () => {
  const program = "import('koffi').then(({ default: koffi }) => console.log(typeof koffi.load))";
  expect(run('node', ['--input-type=module', '--eval', program], elsewhere)).toBe('function\n');
});

test('it runs a whole cluster and answers in batches', async () => {
  const launcher = join(elsewhere, 'node_modules/mesonym/src/mesonym.js');
  const demo = startOwnProcess(['demo'], launcher);
  const said = await demo.untilSaid(/Ctrl-C ends it/);
  const url = /http:\S+\/metrics/.exec(said)![0];
  const metrics = await fetch(url).then(reply => reply.text());
  const mode = process.platform === 'linux' ? 'batched' : 'portable';
  expect(metrics).toContain(
    `mesonym_build_info{version="0.1.0",node="${process.versions.node}",udp="${mode}"} 1`,
  );
  expect(await demo.end()).toBe(0);
});

test('its lock file is one that npm ci takes', () => {
  const said = run('npm', ['ci', '--dry-run', '--offline', '--omit=dev'], join(checkout, 'dist'));
  expect(said).toMatch(/added \d+ packages/);
});

test('the published package brings no tools and no Node.js', () => {
  const source = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const published = publishedPackage(source);
  expect(Object.keys(published)).not.toEqual(expect.arrayContaining(['devDependencies']));
  expect(published).not.toHaveProperty('optionalDependencies');
  expect(published).not.toHaveProperty('private');
  const lock = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8'));
  const kept = Object.keys(publishedLock(lock, published).packages);
  expect(kept).toContain('node_modules/@koromix/koffi-linux-x64');
  expect(kept.filter(path => /node-linux|vitest|typescript|biome/.test(path))).toEqual([]);
});
