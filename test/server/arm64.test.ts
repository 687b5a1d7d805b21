import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import packet from 'dns-packet';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type Arm64Checkout, arm64Checkout, missingForArm64 } from '../fakes/arm64-checkout.ts';
import { queryOctets, tcpClient, udpClient } from '../fakes/dns-client.ts';
import { testWhen } from '../fakes/real-programs.ts';
import { serveProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';

/** The tests of all that speaks to the kernel of Linux by its layouts and constants. */
const SUITES = [
  'descriptor-of',
  'handover',
  'inherited-sockets',
  'listeners',
  'tcp-visits',
  'thread-calls',
  'udp',
  'udp-wildcard',
];
/** An emulated processor is slow, and the machine may be busy. */
const LIMIT_MS = 240_000;
const run = promisify(execFile);

interface Outcome {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly Assertion[] }[];
}
interface Assertion {
  readonly fullName: string;
  readonly status: string;
}

// The emulator (qemu-user) reads what we hand to the kernel by the layouts of arm64, as it stands in
// that processor's memory, and hands it on to the kernel of this machine.
describe('on arm64', () => {
  const missing = missingForArm64();
  const test = testWhen(missing === undefined, missing ?? '');
  let arm64: Arm64Checkout;
  beforeAll(() => {
    if (missing === undefined) arm64 = arm64Checkout();
  });
  afterAll(() => arm64?.remove());

  test('every socket is served as on x64: its own tests say so', {
    timeout: LIMIT_MS,
  }, async () => {
    const { node, checkout } = arm64;
    const [program, ...words] = node;
    const report = join(checkout, 'report.json');
    const files = SUITES.map(name => `test/server/${name}.test.ts`);
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...files, '--pool=threads'];
    const told = [
      '--no-isolate',
      '--no-file-parallelism',
      '--reporter=json',
      `--outputFile=${report}`,
    ];
    // A test that fails makes it fail as a whole; the report says which.
    const ended = run(program, [...words, ...vitest, ...told], { cwd: checkout, env: outside() });
    const { stderr } = await ended.catch((error: unknown) => ({ stderr: String(error) }));
    const { numTotalTests, numPassedTests, testResults } = readOutcome(report, stderr);
    const failed = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed');
    expect(failed.map(({ fullName }) => fullName)).toEqual([]);
    expect(testResults).toHaveLength(SUITES.length);
    expect(numPassedTests).toBe(numTotalTests);
    expect(numTotalTests).toBeGreaterThan(100);
  });

  test('the product answers by system calls, IPv4 and IPv6', { timeout: LIMIT_MS }, async () => {
    const state = stateJson('127.0.0.1:5050', [{ name: 'web', instances: [['10.9.8.1']] }]);
    const settings = { listeners: ['0.0.0.0', '::1'], threads: 2 };
    const product = await serveProduct(state, settings, [], arm64);
    try {
      const line = product.log.find(each => each.includes('"msg":"answering"'))!;
      const { udp, places } = JSON.parse(line) as { udp: string; places: readonly string[] };
      expect(udp).toBe('batched');
      const [port4, port6] = places.map(place => Number(/\d+$/.exec(place)));
      expect(await askBothWays('127.0.0.1', port4)).toEqual(['10.9.8.1', '10.9.8.1']);
      expect(await askBothWays('127.0.0.2', port4)).toEqual(['10.9.8.1', '10.9.8.1']);
      expect(await askBothWays('::1', port6)).toEqual(['10.9.8.1', '10.9.8.1']);
    } finally {
      await product.close();
    }
  });
});

/** The environment without what this run's own vitest has put there. */
function outside(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|TEST$)/.test(name),
  );
  return Object.fromEntries(own);
}

function readOutcome(file: string, said: string): Outcome {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  } catch {
    throw new Error(`Cannot run the tests as arm64: ${said}`);
  }
}

/** The addresses that a response by UDP and one by TCP hold. */
async function askBothWays(host: string, port: number): Promise<unknown[]> {
  const query = queryOctets(1, 'web.marathon.mesos');
  const client = await udpClient(host, port);
  const stream = await tcpClient(host, port);
  stream.send(query);
  const responses = [await client.ask(query), (await stream.receive())!];
  stream.close();
  await client.close();
  return responses.flatMap(answersOf);
}

function answersOf(response: Uint8Array): unknown[] {
  const { answers = [] } = packet.decode(Buffer.from(response));
  return answers.map(answer => ('data' in answer ? answer.data : undefined));
}
