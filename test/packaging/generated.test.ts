import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from '../../.ci/generated.ts';
import { runCli } from '../../src/cli.ts';
import { loadConfig } from '../../src/config/index.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { FakeShell } from '../fakes/shell.ts';
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
    // Some show what is added to a config; the files they name are not here.
    const here = text.replace(/\/etc\/mesonym\/tls(-key)?\.pem/g, (_, key) => {
      return join(PROJECT, `test/fixtures/tls/master${key ?? ''}.pem`);
    });
    const settings = { masters: ['10.0.0.1:5050'], ...(JSON.parse(here) as object) };
    expect(loadConfig({ settings }).warnings).toEqual([]);
  });

  test('every npm script it names exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...README.matchAll(/npm (?:run )?([a-z]+)/g)].map(([, name]) => name);
    const own = named.filter(name => !['ci', 'install', 'pack'].includes(name));
    expect(own.length).toBeGreaterThan(0);
    for (const name of own) expect(scripts).toHaveProperty(name);
  });

  test('every route of the HTTP API is in it', () => {
    const sources = ['mesos-dns-routes', 'own-routes']
      .map(name => read(`src/api/${name}.ts`))
      .join();
    const routes = [...sources.matchAll(/'(\/(?:v1\/|health|ready|metrics)[^':]*)/g)].map(
      ([, path]) => path,
    );
    expect(routes.length).toBeGreaterThan(10);
    const named = README.split('\n## HTTP\n')[1].split('\n## Metrics\n')[0];
    expect(routes.filter(path => !named.includes(`\`${path}`))).toEqual([]);
  });

  const lines = [...README.matchAll(/(?:\$ |`)mesonym (-?[a-z][^`\n]*)/g)].map(([, line]) => line);

  test.each([...new Set(lines)])('this command line is understood: mesonym %s', async line => {
    const shell = new FakeShell();
    // Nothing is reached; the demo is a test of its own.
    shell.fetch = () => Promise.reject(new Error('nobody there'));
    const [words] = line.replace(/^demo\b.*/, 'completion').split(' >> ');
    const folder = mkdtempSync(join(tmpdir(), 'mesonym-readme-'));
    // Where a key is made it does not stay.
    const placed = words.replace('zone-key.pem', join(folder, 'zone-key.pem'));
    await runCli(placed.split(' '), '1.0.0', shell);
    rmSync(folder, { recursive: true });
    expect(shell.errLines.join('\n')).not.toContain('Try mesonym --help');
  });

  test('every file it names exists', () => {
    const named = [...README.matchAll(/`(config\/[\w./-]*)`/g)].map(([, path]) => path);
    expect(named.length).toBeGreaterThan(0);
    for (const path of named) expect(() => readFileSync(join(PROJECT, path))).not.toThrow(/ENOENT/);
  });
});
