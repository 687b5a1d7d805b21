import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { knownName, serial } from '../../src/dns/index.ts';
import { quietLog } from '../../src/runtime/index.ts';
import {
  type KnownZone,
  knownAfterReload,
  loadHistory,
  pastSerial,
  saveHistory,
} from '../../src/wiring/kept-history.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesonym-history-'));
afterAll(() => rmSync(folder, { recursive: true }));

const configWith = (settings: Readonly<Record<string, unknown>>) =>
  loadConfig({ settings: { masters: ['127.0.0.1:5050'], ...settings } }).config;

const path = join(folder, 'snapshot');
const CONFIG = configWith({ snapshotFile: path, transferAcl: ['10.0.0.0/8'] });
const OWNER = knownName('web.mesos');
const KNOWN: KnownZone = {
  fingerprint: 'made so',
  serial: serial(7),
  entries: [
    {
      atMs: 1000,
      delta: {
        from: serial(6),
        to: serial(7),
        removed: [],
        added: [
          { owner: OWNER, type: 'A', records: [{ type: 'A', owner: OWNER, address: '10.0.0.1' }] },
        ],
      },
    },
  ],
  rrsets: [],
};

test('a history comes back as it was saved, without the zone', async () => {
  await saveHistory(CONFIG, KNOWN, quietLog());
  const { rrsets: _, ...kept } = KNOWN;
  expect(await loadHistory(CONFIG, serial(7), 'made so')).toEqual(kept);
});

test.each([
  { why: 'of another serial', last: serial(8), fingerprint: 'made so' },
  { why: 'of a zone made otherwise', last: serial(7), fingerprint: 'made otherwise' },
  { why: 'without a snapshot', last: undefined, fingerprint: 'made so' },
])('a history $why is not used', async ({ last, fingerprint }) => {
  await saveHistory(CONFIG, KNOWN, quietLog());
  expect(await loadHistory(CONFIG, last, fingerprint)).toBeUndefined();
});

test('a history that is cut is not used', async () => {
  writeFileSync(`${path}.history`, '{"serial":7,"fingerprint":"made so","entr');
  expect(await loadHistory(CONFIG, serial(7), 'made so')).toBeUndefined();
});

test('the serial jumps past what may have been published, where somebody may transfer it', () => {
  expect(pastSerial(CONFIG, serial(7))).toBeGreaterThan(10_000);
  expect(pastSerial(CONFIG, serial(2 ** 32 - 1))).toBeLessThan(2 ** 20);
  expect(pastSerial(configWith({}), serial(7))).toBe(7);
  expect(pastSerial(CONFIG, undefined)).toBeUndefined();
});

test.each([
  { why: 'lives on', settings: { notifyGapSeconds: 5 }, expected: KNOWN },
  { why: 'ends with another TTL', settings: { ttl: 30 }, expected: undefined },
  { why: 'ends with another refresh time', settings: { SOARefresh: 30 }, expected: undefined },
  { why: 'ends with another domain', settings: { domain: 'other' }, expected: undefined },
])('over a reload the history $why', ({ settings, expected }) => {
  const now = configWith({ transferAcl: ['10.0.0.0/8'], ...settings });
  expect(knownAfterReload(KNOWN, CONFIG, now)).toBe(expected);
});
