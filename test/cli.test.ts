import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../src/cli.ts';
import { COMMANDS } from '../src/commands/index.ts';
import { FakeShell } from './fakes/shell.ts';
import { PROJECT } from './paths.ts';

async function run(line: string, environment: Record<string, string> = {}) {
  const shell = new FakeShell();
  Object.assign(shell.environment, environment);
  const code = await runCli(line.split(' ').filter(Boolean), '1.2.3', shell);
  return { code, out: shell.outLines.join('\n'), err: shell.errLines.join('\n') };
}

describe('exit codes and output', () => {
  test.each([
    { line: '--version', code: 0, out: /^1\.2\.3$/ },
    { line: '-version', code: 0, out: /^1\.2\.3$/ },
    { line: '--help', code: 0, out: /mesonym check +Check a config/ },
    { line: 'serve --help', code: 0, out: /--config/ },
    { line: 'check --help', code: 0, out: /Every setting of the config file is a flag, too/ },
    { line: 'completion', code: 0, out: /_mesonym_yargs_completions/ },
    { line: 'chek', code: 2, err: /Did you mean check\?/ },
    { line: '-nonsense', code: 2, err: /nonsense/ },
    { line: 'check --logLevel loud', code: 2, err: /debug/ },
    { line: 'explain', code: 2, err: /Not enough/ },
    {
      line: 'check --config /nowhere.json',
      code: 1,
      err: /^Cannot use \/nowhere\.json\n {2}the file is ENOENT/,
    },
    {
      line: 'check --masters 10.0.0.1:5050',
      code: 0,
      out: /"httpPort": 8123/,
      err: /The settings can be used/,
    },
    { line: 'check --masters 10.0.0.1:5050 --ns x', code: 2, err: /Unknown argument: ns/ },
    { line: 'check --ttl -1', code: 1, err: / {2}ttl is -1, expected 0 to/ },
    {
      line: 'healthcheck --server http://127.0.0.1:9',
      code: 1,
      err: /Cannot ask http:\/\/127\.0\.0\.1:9/,
    },
    { line: 'zone --server http://[', code: 1, err: /expected an address such as/ },
  ])('mesonym $line', async ({ line, code, out = /^$/, err = /^$/ }) => {
    const done = await run(line);
    expect(done.out).toMatch(out);
    expect(done.err).toMatch(err);
    expect(done.code).toBe(code);
  });

  test('check shows no secret', async () => {
    const { out } = await run('check --masters 10.0.0.1:5050', { MESONYM_API_TOKEN: 'hush' });
    expect(out).toContain('"apiToken": "********"');
    expect(out).not.toContain('hush');
  });
});

describe('commands that ask the running server', () => {
  const asked: { url: string | undefined; authorization: string | undefined }[] = [];
  const replies: Record<string, { status?: number; body: string }> = {
    '/health': { body: 'good' },
    '/ready': { status: 503, body: 'starting' },
    '/v1/zone': { body: 'mesos. 60 IN SOA …\n' },
    '/v1/watch?serial=7': { body: 'id: 8\ndata: {"to":8}\n\n' },
    '/v1/explain/nothing.mesos': {
      body: JSON.stringify({
        name: 'nothing.mesos.',
        parts: [],
        tasks: [],
        moreParts: 0,
        moreTasks: 0,
        additions: [],
      }),
    },
  };

  async function ask(command: string) {
    const server = createServer(({ url, headers }, response) => {
      asked.push({ url, authorization: headers.authorization });
      const { status = 200, body } = replies[url ?? ''] ?? { status: 404, body: '' };
      response.writeHead(status).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const environment = {
      MESONYM_HTTP_PORT: String(port),
      MESONYM_API_TOKEN: 'hush',
      MESONYM_MASTERS: '10.0.0.1:5050',
    };
    const done = await run(command, environment);
    server.close();
    server.closeAllConnections();
    return done;
  }

  test.each([
    { line: 'healthcheck', code: 0, out: /^good$/ },
    { line: 'healthcheck --ready', code: 1, err: /\/ready says 503 Service Unavailable/ },
    { line: 'zone', code: 0, out: /^mesos\. 60 IN SOA …$/ },
    { line: 'watch --since 7', code: 1, out: /^\{"to":8\}$/, err: /ended the stream/ },
    { line: 'explain nothing.mesos', code: 0, out: /nothing in the cluster/ },
    { line: 'explain --json nothing.mesos', code: 0, out: /"name": "nothing\.mesos\."/ },
  ])('mesonym $line', async ({ line, code, out = /^$/, err = /^$/ }) => {
    const done = await ask(line);
    expect(done.out).toMatch(out);
    expect(done.err).toMatch(err);
    expect(done.code).toBe(code);
    expect(asked.at(-1)?.authorization).toBe('Bearer hush');
  });
});

test.each(COMMANDS)('$usage has a sentence of help and an example that begins with it', ({
  usage,
  text,
  examples,
}) => {
  expect(text).toMatch(/^[A-Z][^.]+$/);
  expect(examples.length).toBeGreaterThan(0);
  const name = usage.split(' ')[0];
  if (name !== 'serve') for (const [line] of examples) expect(line).toContain(`mesonym ${name}`);
});

test('the launcher starts the program as it stands', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(PROJECT, 'src/mesonym.js'), '--version'],
    { encoding: 'utf8' },
  );
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});
