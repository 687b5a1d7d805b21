import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generated.ts';

/** `npm run generate`: writes what is made of the tables of settings, commands and metrics. */
const project = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(project, path), 'utf8');

for (const { path, text } of generatedFiles(read)) writeFileSync(join(project, path), text);
