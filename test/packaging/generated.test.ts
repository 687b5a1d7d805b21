import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from '../../.ci/generated.ts';
import { loadConfig } from '../../src/config/index.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { PROJECT } from '../paths.ts';

const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const README = read('README.md');

test.each(generatedFiles(read))('$path is current (else: npm run generate)', ({ path, text }) => {
  expect(read(path)).toBe(text);
});

testWith('groff')('the man page has no fault', () => {
  const { status, stdout, stderr } = spawnSync(
    findProgram('groff')!,
    ['-man', '-Tascii', '-P-cbou', '-ww', join(PROJECT, 'config/mesonym.1')],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('refreshSeconds');
});

describe('README', () => {
  const blocks = [...README.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, text]) => ({
    language,
    text,
  }));

  test.each(blocks.filter(({ language }) => language === 'json'))('this JSON is a config: $text', ({
    text,
  }) => {
    expect(loadConfig({ settings: JSON.parse(text) as Record<string, unknown> }).warnings).toEqual(
      [],
    );
  });

  test('every npm script it names exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...README.matchAll(/npm (?:run )?([a-z]+)/g)].map(([, name]) => name);
    const own = named.filter(name => !['ci', 'install'].includes(name));
    expect(own.length).toBeGreaterThan(0);
    for (const name of own) expect(scripts).toHaveProperty(name);
  });

  test('every file it names exists', () => {
    const named = [...README.matchAll(/`(config\/[\w./-]*)`/g)].map(([, path]) => path);
    expect(named.length).toBeGreaterThan(0);
    for (const path of named) expect(() => readFileSync(join(PROJECT, path))).not.toThrow(/ENOENT/);
  });
});
