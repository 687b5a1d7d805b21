import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BenchResult } from '../../bench/benchmark.ts';
import { writeResults } from '../../bench/report/write-results.ts';
import { PROJECT } from '../paths.ts';

/** Queries a second over TCP where knotd answers 100 of either kind. */
function tcpRun(pipelinedQps: number, connections: number): BenchResult {
  const rows = {
    mesonym: { pipelinedQps, connections },
    knotd: { pipelinedQps: 100, connections: 100 },
  };
  const series = Object.entries(rows).flatMap(([subject, figures]) =>
    Object.entries(figures).map(([metric, value]) => ({
      subject,
      metric,
      unit: 'queries/s',
      values: [value, value, value],
    })),
  );
  return { series, notes: [] };
}

/** What `npm run bench` says of figures that a run before it has left. */
async function judged(result: BenchResult, ...words: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-gate-'));
  const machine = {
    processor: 'A processor',
    cores: 2,
    memoryGb: 8,
    kernel: '6.1',
    node: 'v24',
    loadBefore: 0,
    programs: {},
  };
  const common = { machine, command: 'npm run bench', date: '2026-11-22', rounds: 3, seconds: 5 };
  const parts = { questions: { 'tcp-throughput': 'How many?' }, verdicts: [] };
  writeResults({ ...common, ...parts, results: { 'tcp-throughput': result } }, folder);
  const command = ['bench/run.ts', '--report', folder, ...words];
  try {
    return await new Promise<{ code: number | null; lines: string[] }>(resolve => {
      const child = execFile(process.execPath, command, { cwd: PROJECT }, (_error, stdout) =>
        resolve({ code: child.exitCode, lines: stdout.trim().split('\n') }),
      );
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const GATE = ['--gate', '--only', 'tcp-throughput'];

test.each([
  { why: 'all musts are reached', pipelined: 300, connections: 60 },
  { why: 'a ratio falls short by less than a tenth', pipelined: 271, connections: 60 },
])('the gate is open where $why', async ({ pipelined, connections }) => {
  const { code, lines } = await judged(tcpRun(pipelined, connections), ...GATE);
  expect(code).toBe(0);
  expect(lines.join('\n')).not.toContain('The gate is shut');
});

test('the gate is shut where a ratio falls short by more than a tenth; the last lines name it', async () => {
  const { code, lines } = await judged(tcpRun(269, 53), ...GATE);
  expect(code).toBe(1);
  expect(lines.slice(-2)).toEqual([
    'The gate is shut: TCP, pipelined, over knotd: MISSED (2.69, must be >= 3)',
    'The gate is shut: TCP, a connection a query, over knotd: MISSED (0.53, must be >= 0.6)',
  ]);
});

test('how far each goal is from its aim is printed', async () => {
  const { lines } = await judged(tcpRun(269, 60), ...GATE);
  const row = lines.find(line => line.startsWith('TCP, pipelined, over knotd'));
  expect(row?.split(/ {2,}/)).toEqual([
    'TCP, pipelined, over knotd',
    '>= 3',
    '>= 5',
    '2.69',
    '±0%',
    '54%',
    'MISSED',
  ]);
});

test('what was not measured proves nothing: the gate is shut', async () => {
  const { code, lines } = await judged(tcpRun(600, 200), '--gate');
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(/^The gate is shut: .*: not measured$/);
});

test('without the gate a missed goal is told, and is no failure', async () => {
  const { code, lines } = await judged(tcpRun(100, 60));
  expect(code).toBe(0);
  expect(lines.join('\n')).toContain('MISSED');
});
