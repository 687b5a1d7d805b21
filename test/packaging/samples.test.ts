import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { PROJECT } from '../paths.ts';

const CONFIG = join(PROJECT, 'config');

/** Configurations for other programs, each read by the program it is for. */
const SAMPLES: readonly (readonly [file: string, program: string, ...words: string[]])[] = [
  ['clients/dnsmasq.conf', 'dnsmasq', '--test', '--conf-file=clients/dnsmasq.conf'],
  ['clients/unbound.conf', 'unbound-checkconf', 'clients/unbound.conf'],
  ['clients/named.conf', 'named-checkconf', 'clients/named.conf'],
  ['clients/haproxy.cfg', 'haproxy', '-c', '-f', 'clients/haproxy.cfg'],
  ['clients/prometheus.yml', 'promtool', 'check', 'config', 'clients/prometheus.yml'],
  ['secondaries/knot.conf', 'knotc', '-c', 'secondaries/knot.conf', 'conf-check'],
  ['secondaries/nsd.conf', 'nsd-checkconf', 'secondaries/nsd.conf'],
  ['secondaries/named.conf', 'named-checkconf', 'secondaries/named.conf'],
];

for (const [file, program, ...words] of SAMPLES) {
  testWith(program)(`${program} takes config/${file}`, () => {
    const { status, stdout, stderr } = spawnSync(findProgram(program)!, words, {
      cwd: CONFIG,
      encoding: 'utf8',
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });
}

test('the primary and its secondaries share key, domain and secret', () => {
  const { config } = loadConfig({ file: join(CONFIG, 'secondaries/mesonym.json') });
  const [{ secret }] = config.tsigKeys;
  const others = readdirSync(join(CONFIG, 'secondaries')).filter(file => file.endsWith('.conf'));
  expect(others).toHaveLength(3);
  for (const file of others) {
    const text = readFileSync(join(CONFIG, 'secondaries', file), 'utf8');
    for (const word of [secret, 'hmac-sha256', 'mesos', 'transfer'])
      expect(text, file).toContain(word);
  }
});

test('the sample for Docker is JSON with DNS servers', () => {
  const daemon: unknown = JSON.parse(
    readFileSync(join(CONFIG, 'clients/docker-daemon.json'), 'utf8'),
  );
  expect(daemon).toMatchObject({ dns: ['10.0.0.1', '10.0.0.2'] });
});

test('README names every file to paste', () => {
  const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
  for (const folder of ['clients', 'secondaries']) {
    for (const file of readdirSync(join(CONFIG, folder))) {
      expect(readme, file).toMatch(
        new RegExp(`\`(config/${folder}/)?${file.replace('.', '\\.')}\``),
      );
    }
  }
});

test('every sample for a client is what a test starts the real program with', () => {
  const folder = join(PROJECT, 'test/clients');
  const tests = readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8'));
  for (const file of readdirSync(join(CONFIG, 'clients'))) {
    expect(
      tests.filter(text => text.includes(`'${file}'`)),
      file,
    ).not.toEqual([]);
  }
});
