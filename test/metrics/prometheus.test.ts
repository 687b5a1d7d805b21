import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { freePort } from '../../bench/measure/free-port.ts';
import { makeExposition } from '../../src/metrics/index.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { everySample } from '../fakes/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesonym-prometheus-'));
const running: ChildProcess[] = [];

afterAll(async () => {
  for (const child of running) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

testWith('prometheus')('a real Prometheus scrapes every metric', async () => {
  const exposition = makeExposition();
  let scrapes = 0;
  const metrics = createServer((_request, response) => {
    scrapes++;
    response.setHeader('content-type', exposition.contentType);
    void exposition.text(everySample()).then(text => response.end(text));
  }).listen(0, '127.0.0.1');
  await once(metrics, 'listening');
  const target = `127.0.0.1:${(metrics.address() as AddressInfo).port}`;

  const origin = await startPrometheus(target);
  const query = encodeURIComponent('mesonym_dns_response_duration_seconds_count');
  let found: string | undefined;
  while (found === undefined) {
    const reply = await fetch(`${origin}/api/v1/query?query=${query}`);
    const { data } = (await reply.json()) as { data: { result: { value: [number, string] }[] } };
    found = data.result[0]?.value[1];
    if (found === undefined) await once(metrics, 'request');
  }
  expect(found).toBe('8');
  expect(scrapes).toBeGreaterThan(0);

  const targets = await fetch(`${origin}/api/v1/targets`).then(reply => reply.text());
  expect(targets).toContain('"health":"up"');
  metrics.closeAllConnections();
  metrics.close();
});

/** Starts Prometheus on a free port; resolves with its origin once it is ready. */
async function startPrometheus(target: string): Promise<string> {
  const config = join(folder, 'prometheus.yml');
  writeFileSync(
    config,
    [
      'global: { scrape_interval: 200ms, scrape_timeout: 200ms }',
      `scrape_configs: [{ job_name: mesonym, static_configs: [{ targets: ["${target}"] }] }]`,
    ].join('\n'),
  );
  const port = await freePort();
  const child = spawn(
    findProgram('prometheus')!,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  running.push(child);
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Server is ready')) resolve();
    });
    child.once('exit', () => reject(new Error(`Prometheus ended: ${said}`)));
  });
  return `http://127.0.0.1:${port}`;
}
