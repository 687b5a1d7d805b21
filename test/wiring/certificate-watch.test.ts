import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { type Log, quietLog } from '../../src/runtime/index.ts';
import type { Certificate } from '../../src/server/index.ts';
import { watchCertificate } from '../../src/wiring/certificate-watch.ts';
import { BY_ADDRESS, BY_NAME } from '../fakes/certificates.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

let folder: string;
const file = (name: string) => join(folder, `${name}.pem`);
const write = ({ certificate, key }: Certificate) => {
  writeFileSync(file('cert'), certificate);
  writeFileSync(file('key'), key);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesonym-certificate-'));
  write(BY_ADDRESS);
});
afterEach(() => rmSync(folder, { recursive: true }));

function watch() {
  const clock = new SimulatedClock();
  const shown: Certificate[] = [];
  const warnings: string[] = [];
  const log: Log = { ...quietLog(), warn: text => void warnings.push(text) };
  const { config } = loadConfig({
    settings: {
      masters: ['127.0.0.1:5050'],
      tlsListeners: ['127.0.0.1'],
      tlsCertFile: file('cert'),
      tlsKeyFile: file('key'),
    },
  });
  const renewCertificate = (certificate: Certificate) => void shown.push(certificate);
  const watching = watchCertificate(config, { renewCertificate }, { clock, log });
  /** Until the files were read once more, however long the disk takes. */
  const look = async () => {
    await clock.advance(10_000);
    while (clock.pending === 0) await clock.advance(0);
  };
  return { shown, warnings, look, clock, watching };
}

const pair = ({ certificate, key }: Certificate) => ({ certificate, key });

test('a new certificate is shown once, and the same one not again', async () => {
  const { shown, look, watching } = watch();
  await look();
  expect(shown).toEqual([]);
  write(BY_NAME);
  await look();
  await look();
  expect(shown).toEqual([pair(BY_NAME)]);
  await watching.close();
});

test('a certificate without its key waits for it, and is said once', async () => {
  const { shown, warnings, look, watching } = watch();
  writeFileSync(file('cert'), BY_NAME.certificate);
  await look();
  await look();
  expect(shown).toEqual([]);
  expect(warnings).toHaveLength(1);
  write(BY_NAME);
  await look();
  expect(shown).toEqual([pair(BY_NAME)]);
  await watching.close();
});

test('nothing is looked at after the end', async () => {
  const { shown, clock, watching } = watch();
  await watching.close();
  write(BY_NAME);
  await clock.advance(60_000);
  expect([shown, clock.pending]).toEqual([[], 0]);
});
