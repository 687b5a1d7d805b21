import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import type { ServedProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';
import { seenResponse } from '../fakes/verdict.ts';

/** `web` with three instances, and `many` with a hundred. */
export const HOSTILE_STATE = stateJson('127.0.0.1:5050', [
  { name: 'web', instances: [['10.9.8.1'], ['10.9.8.2'], ['10.9.8.3', 'fd09::1']], ports: [31000] },
  { name: 'many', instances: Array.from({ length: 100 }, (_, index) => [`10.9.7.${index}`]) },
]);

/** The A records of a response in their order as text. */
export function addressesIn(response: Octets): readonly string[] {
  const answers = seenResponse(response)?.message.answers ?? [];
  return answers.flatMap(answer => (answer.type === 'A' ? [answer.data] : [])).toSorted();
}

/** Nothing was restarted, and nothing inside failed or was caught only at the last moment. */
export async function expectUnharmed(product: ServedProduct): Promise<void> {
  const series = [
    'mesonym_answer_thread_restarts_total',
    'mesonym_dns_hot_failures_total',
    'mesonym_dns_slow_failures_total',
    'mesonym_unhandled_errors_total',
  ];
  for (const name of series) expect(await product.metric(name), name).toBe(0);
  expect(product.child.exitCode).toBe(null);
  expect(product.log.filter(line => /"level":(50|"error")/.test(line))).toEqual([]);
}

/** The share of a core that the server uses from now until something happens. */
export async function shareUntil(product: ServedProduct, event: Promise<unknown>): Promise<number> {
  const beforeMs = product.cpuMs();
  const startMs = performance.now();
  await event;
  return (product.cpuMs() - beforeMs) / (performance.now() - startMs);
}

/** Work that an attack leaves behind (compiling, collecting garbage) may take this many windows. */
const WINDOWS = 3;

/**
 * The share of a core that the server comes to rest at: the least of a few windows, each until the
 * server has had enough of a silent connection, which takes `tcpIdleSeconds`.
 */
export async function idleShare(product: ServedProduct): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let window = 0; window < WINDOWS && least >= 0.01; window++) {
    const silent = connect(product.port, '127.0.0.1');
    await once(silent, 'connect');
    least = Math.min(least, await shareUntil(product, once(silent.resume(), 'end')));
    silent.destroy();
  }
  return least;
}
