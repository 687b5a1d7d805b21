import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect } from 'vitest';
import { startApp } from '../../src/app.ts';
import type { RunningApp } from '../../src/commands/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { testWith } from '../fakes/real-programs.ts';
import { startStaticMaster } from '../fakes/static-master.ts';
import { PROJECT } from '../paths.ts';

const ORACLE = join(PROJECT, 'test/fixtures/oracle');
/** The address of the leading master stands in the states: the one fixed port of all tests. */
const GOLDEN_MASTER_PORT = 25_050;

const folder = mkdtempSync(join(tmpdir(), 'mesonym-goldens-'));
afterAll(() => rmSync(folder, { recursive: true }));

testWith('python3').each(['small-mixed', 'awkward-names', 'discovery-and-hot'])(
  'answers the golden %s as Mesos-DNS does, its quirks apart',
  async name => {
    const golden = gunzipSync(readFileSync(join(ORACLE, `golden-${name}.json.gz`)));
    const state = gunzipSync(readFileSync(join(ORACLE, `state-${name}.json.gz`)));
    const goldenFile = join(folder, `${name}.json`);
    writeFileSync(goldenFile, golden);
    const master = await startStaticMaster(state, GOLDEN_MASTER_PORT);
    const settings = JSON.parse(golden.toString()).config;
    const { config } = loadConfig({ settings: { ...settings, port: 0, httpPort: 0 } });
    const world = { clock: systemClock(), random: seededRandom(1), log: quietLog() };
    let app: RunningApp | undefined;
    try {
      app = await startApp(config, world);
      await app.whenReady();
      const [dns] = app.dns;
      const http = new URL(app.http!).host;
      const verdict = await compare(goldenFile, `${dns.host}:${dns.port}`, http);
      expect(verdict).toMatch(/^[1-9]\d* same, 0 different of/m);
    } finally {
      await app?.close(0);
      await master.close();
    }
  },
);

function compare(golden: string, dns: string, http: string): Promise<string> {
  const tool = join(ORACLE, 'dnscompare.py');
  const options = ['compare', golden, dns, '--http', http, '--lenient', 'all', '--max-print', '20'];
  return new Promise(resolve => {
    execFile('python3', [tool, ...options], (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
