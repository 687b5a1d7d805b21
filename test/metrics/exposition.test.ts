import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  bucketSample,
  CATALOGUE,
  makeExposition,
  metricsTable,
  metricsText,
  type Sample,
  sample,
} from '../../src/metrics/index.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { everySample } from '../fakes/samples.ts';

const lines = async (...samples: Sample[]) => (await metricsText(samples)).split('\n');

test('counters of closed labels start at 0, so that a first event is seen as a rise', async () => {
  const found = await lines(sample('mesonym_dns_rate_limited_total', 3, { action: 'slipped' }));
  expect(found).toContain('mesonym_dns_rate_limited_total{action="dropped"} 0');
  expect(found).toContain('mesonym_dns_rate_limited_total{action="slipped"} 3');
});

test('equal series are added up: every answer thread hands in its own', async () => {
  const found = await lines(
    sample('mesonym_dns_slow_queries_total', 2),
    sample('mesonym_dns_slow_queries_total', 5),
  );
  expect(found).toContain('mesonym_dns_slow_queries_total 7');
});

test('a label outside its closed set counts as other', async () => {
  // @ts-expect-error A type that is not counted apart.
  const odd = sample('mesonym_dns_questions_total', 4, { type: 'web.marathon.mesos' });
  const found = await lines(odd, sample('mesonym_dns_questions_total', 1, { type: 'other' }));
  expect(found).toContain('mesonym_dns_questions_total{type="other"} 5');
});

test('gauges nobody measured are left out', async () => {
  expect((await lines()).join()).not.toContain('mesonym_state_age_seconds');
});

test('histograms are made of bucket counters, added up as Prometheus wants them', async () => {
  const found = await lines(
    bucketSample('mesonym_dns_response_size_bytes', {
      bounds: [64, 512],
      counts: [0, 1, 0],
      sum: 100,
    }),
    bucketSample('mesonym_dns_response_size_bytes', {
      bounds: [64, 512],
      counts: [1, 2, 3],
      sum: 4000,
    }),
  );
  expect(found.filter(line => line.startsWith('mesonym_dns_response_size_bytes'))).toEqual([
    'mesonym_dns_response_size_bytes_bucket{le="64"} 1',
    'mesonym_dns_response_size_bytes_bucket{le="512"} 4',
    'mesonym_dns_response_size_bytes_bucket{le="+Inf"} 7',
    'mesonym_dns_response_size_bytes_sum 4100',
    'mesonym_dns_response_size_bytes_count 7',
  ]);
});

describe.each(Object.entries(CATALOGUE))('%s', (name, { type, help }) => {
  test('is named as Prometheus wants it', () => {
    expect(name).toMatch(/^mesonym_[a-z0-9]+(_[a-z0-9]+)*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/milliseconds|_ms|octets|_info_|_count$|_sum$|_bucket$/);
    if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
    expect(help).toMatch(/^[A-Z0-9].*\.$/);
  });
});

test('the table for README names every metric', () => {
  for (const name of Object.keys(CATALOGUE)) expect(metricsTable()).toContain(`\`${name}\``);
});

testWith('promtool')('promtool finds nothing to mend', async () => {
  const text = await makeExposition().text(everySample());
  for (const name of Object.keys(CATALOGUE)) expect(text).toContain(`# TYPE ${name} `);
  expect(text).toContain('process_open_fds');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  // Exit status 3 and a line a fault when there is one.
  const said = execFileSync(findProgram('promtool')!, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  expect(said).toBe('');
});
