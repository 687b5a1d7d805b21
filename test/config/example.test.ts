import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  apiConfig,
  configSchema,
  describeSettings,
  loadConfig,
  maskedConfig,
} from '../../src/config/index.ts';
import { PROJECT } from '../paths.ts';

const EXAMPLE = join(PROJECT, 'config/config.example.json');
const example: Record<string, unknown> = JSON.parse(readFileSync(EXAMPLE, 'utf8'));
const secrets = {
  cookieSecret: '0123456789abcdef0123456789abcdef',
  apiToken: 'hush-token',
  apiCredentials: { principal: 'me', secret: 'hush-api' },
  mesosCredentials: { principal: 'me', secret: 'hush-mesos' },
  zk: 'zk://me:hush-zk@10.0.0.1:2181/mesos',
};

test('the example holds every setting and can be loaded without a warning', () => {
  const names = describeSettings().map(({ name }) => name);
  expect(Object.keys(example).toSorted()).toEqual([...names, '$schema'].toSorted());
  expect(loadConfig({ file: EXAMPLE }).warnings).toEqual([]);
});

test('settings that are plain keep their default in the example', () => {
  const odd = describeSettings().filter(
    ({ name, default: value }) => value !== undefined && value !== JSON.stringify(example[name]),
  );
  expect(odd.map(({ name }) => name).toSorted()).toEqual(
    [
      'localityNetworks',
      'masters',
      'mesosCredentials',
      'apiCredentials',
      'nsid',
      'secondaries',
      'snapshotFile',
      'tsigKeys',
      'zoneResolvers',
    ].toSorted(),
  );
});

test('a masked config shows everything but secrets, and can be loaded as it stands', () => {
  const { config } = loadConfig({ settings: { ...example, ...secrets } });
  const shown = maskedConfig(config);
  expect(JSON.stringify(shown)).not.toContain('hush');
  expect(JSON.stringify(shown)).not.toContain(secrets.cookieSecret);
  expect(JSON.stringify(shown)).not.toContain('Y2hhbmdl');
  expect(shown).toMatchObject({
    domain: 'mesos',
    masters: ['10.0.0.1:5050', '10.0.0.2:5050', '10.0.0.3:5050'],
    zoneResolvers: { 'example.org': ['192.0.2.53:53', 'tls://192.0.2.54:853#dns.example.org'] },
    zk: 'zk://me:********@10.0.0.1:2181/mesos',
    apiToken: '********',
  });
  const again = { ...shown, cookieSecret: '', tsigKeys: example.tsigKeys };
  expect(maskedConfig(loadConfig({ settings: again }).config)).toEqual({
    ...shown,
    cookieSecret: '',
  });
});

test('/v1/config has every key of Mesos-DNS, spelt its way', () => {
  const { config } = loadConfig({ settings: { ...example, ...secrets, SOASerial: undefined } });
  const shown = apiConfig(config);
  const names = `RefreshSeconds Port Timeout StateTimeoutSeconds ZkDetectionTimeout HttpPort TTL
    SRVRecordDefaultWeight SOASerial SOARefresh SOARetry SOAExpire SOAMinttl SOAMname SOARname Masters
    ZoneResolvers Resolvers IPSources Zk Domain File Listener HTTPListener RecurseOn DnsOn HttpOn
    ExternalOn EnforceRFC952 SetTruncateBit EnumerationOn MesosHTTPSOn CACertFile CertFile KeyFile
    MesosCredentials IAMConfigFile MesosAuthentication`.split(/\s+/);
  expect(Object.keys(shown)).toEqual(expect.arrayContaining(names));
  expect(shown.MesosCredentials).toEqual({ Principal: 'me', Secret: '********' });
});

test('the JSON Schema knows every setting and nothing else', () => {
  const schema = configSchema();
  expect(Object.keys(schema.properties as object).toSorted()).toEqual(
    Object.keys(example).toSorted(),
  );
  expect(schema.additionalProperties).toBe(false);
});

test.each(describeSettings())('$name is described in full', ({
  name,
  type,
  text,
  unit,
  variable,
}) => {
  expect(text).toMatch(/^[A-Z`/].{10,}\.$/);
  expect(variable).toMatch(/^MESONYM_[A-Z0-9_]+$/);
  if (/seconds|octets/i.test(name) && type === 'integer') expect(unit).toMatch(/seconds|octets/);
});
