import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSettings } from '../../src/config/index.ts';
import { CATALOGUE } from '../../src/metrics/index.ts';
import { PROJECT } from '../paths.ts';

const SOURCE = join(PROJECT, 'src');

/** All source but that of a folder which only describes. */
function sourceWithout(folder: string): string {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.startsWith(`${folder}/`))
    .map(file => readFileSync(join(SOURCE, file), 'utf8'))
    .join('\n');
}

test('every metric of the catalogue is measured', () => {
  const source = sourceWithout('metrics');
  expect(Object.keys(CATALOGUE).filter(name => !source.includes(`'${name}'`))).toEqual([]);
});

test('every setting has an effect, but for two that are accepted for the sake of old files', () => {
  // What makes options of settings is the one file of that folder that is not about reading them.
  const options = readFileSync(join(PROJECT, 'src/config/zone-settings.ts'), 'utf8');
  const source = sourceWithout('config') + options;
  const names = describeSettings().map(({ name }) => name);
  const idle = names.filter(name => !new RegExp(`\\b${name}\\b`).test(source));
  expect(idle).toEqual(['zkDetectionTimeout', 'SOASerial']);
});
