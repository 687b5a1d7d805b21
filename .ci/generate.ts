import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generated.ts';

/**
 * `npm run generate`: writes what is made of the tables of settings, commands and metrics. With
 * `--check` it writes nothing, and fails where a file is not what it would write.
 */
const project = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(project, path), 'utf8');
const isCheck = process.argv.includes('--check');

for (const { path, text } of generatedFiles(path => read(path))) {
  if (!isCheck) writeFileSync(join(project, path), text);
  else if (read(path) !== text) {
    process.stderr.write(`${path} is not current: npm run generate\n`);
    process.exitCode = 1;
  }
}
