import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type LockFile,
  type PackageJson,
  publishedLock,
  publishedPackage,
} from './package-files.ts';

/** `npm run build`: makes dist/, the folder that is published and put into the image. */
const project = fileURLToPath(new URL('..', import.meta.url));
const dist = join(project, 'dist');

rmSync(dist, { recursive: true, force: true });
execFileSync(join(project, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: project,
  stdio: 'inherit',
});
// What the compiler leaves behind: the launcher, and files that are read at run time.
const others = readdirSync(join(project, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(file => /\.(?!ts$)\w+$/.test(file))
  .map(file => join('src', file));
for (const file of [...others, 'README.md', 'LICENSE']) {
  copyFileSync(join(project, file), join(dist, file));
}
cpSync(join(project, 'config'), join(dist, 'config'), { recursive: true });

const published = publishedPackage(readJson('package.json') as PackageJson);
writeJson('package.json', published);
writeJson(
  'npm-shrinkwrap.json',
  publishedLock(readJson('package-lock.json') as LockFile, published),
);

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(project, file), 'utf8'));
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(join(dist, file), `${JSON.stringify(value, undefined, 2)}\n`);
}
