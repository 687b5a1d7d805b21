import { expect, test } from 'vitest';
import {
  ConfigError,
  loadConfig,
  maskedConfig,
  namingOptions,
  taskDetails,
} from '../../src/config/index.ts';

const load = (settings: Record<string, unknown>) =>
  loadConfig({ settings: { masters: ['10.0.0.1:5050'], resolvers: ['192.0.2.1'], ...settings } })
    .config;

test('by default all is published, and nothing more is read of tasks', () => {
  const config = load({});
  expect(namingOptions(config).publish).toBeUndefined();
  expect(taskDetails(config)).toMatchObject({ labels: new Set(), roles: false });
});

test('rules name what is read of tasks for them, and are shown as written', () => {
  const publishExclude = [{ framework: 'test-*', Role: 'dev' }, { label: 'dns=no' }];
  const config = load({ publishExclude, publishInclude: [{ label: 'dns' }] });
  expect(namingOptions(config).publish).toMatchObject({
    include: [{ label: { key: 'dns', value: undefined } }],
    exclude: [{ framework: 'test-*', role: 'dev' }, { label: { key: 'dns', value: 'no' } }],
    minVisibility: 'FRAMEWORK',
  });
  expect(taskDetails(config)).toMatchObject({ labels: new Set(['dns']), roles: true });
  expect(maskedConfig(config).publishExclude).toEqual([
    { framework: 'test-*', role: 'dev' },
    { label: 'dns=no' },
  ]);
});

test.each([
  { settings: { publishMinVisibility: 'CLUSTER' } },
  { settings: { publishInactiveSeconds: 600 } },
])('$settings alone makes a choice, too', ({ settings }) => {
  expect(namingOptions(load(settings)).publish).toBeDefined();
});

test.each([
  { why: 'an empty rule', rule: {} },
  { why: 'an unknown key', rule: { name: 'x' } },
  { why: 'a label without a key', rule: { label: '=x' } },
  { why: 'an empty pattern', rule: { framework: '' } },
  { why: 'a text', rule: 'marathon' },
])('$why is a fault', ({ rule }) => {
  expect(() => load({ publishExclude: [rule] })).toThrow(ConfigError);
});
