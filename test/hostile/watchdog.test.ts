import { afterEach, beforeEach, expect, test } from 'vitest';
import { queryOctets, udpClient } from '../fakes/dns-client.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { PROJECT } from '../paths.ts';
import { addressesIn, HOSTILE_STATE } from './unharmed.ts';

let product: ServedProduct;
beforeEach(async () => {
  const breakable = ['--import', `${PROJECT}/test/fakes/breakable.ts`];
  product = await serveProduct(HOSTILE_STATE, { refreshSeconds: 3600 }, breakable);
});
afterEach(() => product.close());

/** Looks at a series again and again until it has grown to `value`. */
async function reaches(series: string, value: number): Promise<void> {
  while ((await product.metric(series)) < value);
}

async function knownIsAnswered(): Promise<void> {
  const client = await udpClient('127.0.0.1', product.port);
  const response = await client.ask(queryOctets(1, 'web.marathon.mesos'));
  expect(addressesIn(response)).toEqual(['10.9.8.1', '10.9.8.2', '10.9.8.3']);
  await client.close();
}

test.each([
  { what: 'a rejection', signal: 'SIGWINCH' },
  { what: 'an exception', signal: 'SIGURG' },
] as const)('$what nobody caught is logged and counted, and the load repeated', async ({
  signal,
}) => {
  const loads = await product.metric('mesonym_state_loads_total');
  product.child.kill(signal);
  await reaches('mesonym_unhandled_errors_total', 1);
  await reaches('mesonym_state_loads_total', loads + 1);
  expect(product.log.join('\n')).toMatch(/ for the test.*"Nobody caught an error/);
  await knownIsAnswered();
  expect(await product.metric('mesonym_answer_thread_restarts_total')).toBe(0);
});

test('an answer thread that fails is logged, counted and replaced; its queries wait', async () => {
  const before = await product.metric('mesonym_dns_queries_total{transport="udp",family="4"}');
  await knownIsAnswered();
  product.child.kill('SIGIO');
  await reaches('mesonym_answer_thread_restarts_total', 1);
  await knownIsAnswered();
  expect(product.log.join('\n')).toMatch(/ for the test.*"An answer thread failed"/);
  const after = await product.metric('mesonym_dns_queries_total{transport="udp",family="4"}');
  expect(after).toBe(before + 2);
  expect(await product.metric('mesonym_answer_threads')).toBe(1);
  expect(await product.metric('mesonym_unhandled_errors_total')).toBe(0);
});

test('file descriptors, memory and delay are in the metrics', async () => {
  const metrics = await product.text('/metrics');
  for (const series of [
    'process_open_fds',
    'process_max_fds',
    'process_resident_memory_bytes',
    'nodejs_heap_size_used_bytes',
    'nodejs_eventloop_lag_p99_seconds',
    'mesonym_tcp_connections',
  ]) {
    expect(metrics).toMatch(new RegExp(`^${series} [0-9.e-]+$`, 'm'));
  }
});
