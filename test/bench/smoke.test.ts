import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { testWith } from '../fakes/real-programs.ts';
import { PROJECT } from '../paths.ts';

/** Every benchmark with every server, a moment each; a busy machine takes its time. */
const LIMIT_MS = 300_000;
const SERVERS = ['knotd', 'nsd', 'named', 'unbound', 'dnsmasq'];

testWith(
  'cc',
  'taskset',
  'dnsperf',
  ...SERVERS,
)(
  'npm run bench -- --smoke measures every server, after checking its answers',
  { timeout: LIMIT_MS },
  async () => {
    const command = ['bench/run.ts', '--smoke'];
    const run = promisify(execFile)(process.execPath, command, { cwd: PROJECT });
    // When it fails, its own lines say why.
    const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
    expect(stdout.match(/^.*failed: .*$/gm) ?? []).toEqual([]);
    for (const server of SERVERS) expect(stdout).toMatch(new RegExp(`^${server} +\\d`, 'm'));
    expect(stdout).toMatch(/^c-responder +\d/m);
  },
);
