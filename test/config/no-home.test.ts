import { expect, test, vi } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';

// A user that systemd makes for the moment (DynamicUser) has neither HOME nor an entry in passwd.
vi.mock('node:os', async original => ({
  ...(await original<typeof import('node:os')>()),
  homedir: () => {
    throw new Error('uv_os_homedir returned ENOENT');
  },
}));

const settings = { masters: ['10.0.0.1:5050'], CACertFile: '' };

test('a user without a home is served, too', () => {
  expect(loadConfig({ settings }).config.ttl).toBe(60);
});

test('only a path under the home needs one', () => {
  expect(() => loadConfig({ settings: { ...settings, snapshotFile: '~/zone' } })).toThrow(/ENOENT/);
});
