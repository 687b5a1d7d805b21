import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig, namingOptions } from '../../src/config/index.ts';

const load = (settings: Record<string, unknown>) =>
  loadConfig({ settings: { masters: ['10.0.0.1:5050'], ...settings } });

function faultsOf(settings: Record<string, unknown>): readonly string[] {
  try {
    load(settings);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.faults.map(({ path, found, wanted }) => `${path}: ${found}, ${wanted}`);
    }
    throw error;
  }
  return [];
}

test('records and aliases are those of the zone', () => {
  const { config, warnings } = load({
    domain: 'c1.example',
    staticRecords: [{ Name: 'db', type: 'A', value: '10.1.2.3' }],
    aliases: { WWW: 'web.marathon' },
  });
  expect(warnings).toEqual([]);
  expect(namingOptions(config)).toMatchObject({
    staticRecords: [{ type: 'A', owner: 'db.c1.example.', address: '10.1.2.3' }],
    aliases: [{ type: 'CNAME', owner: 'www.c1.example.', target: 'web.marathon.c1.example.' }],
  });
});

describe('what cannot be published is a fault', () => {
  const record = (name: string, type: string, value: string) => ({
    staticRecords: [{ name, type, value }],
  });

  test.each([
    {
      why: 'a type we do not have',
      settings: record('a', 'MX', '10 b'),
      fault: /^staticRecords\[0\]\.type: "MX", one of A, AAAA, CNAME, PTR, SRV, TXT/,
    },
    {
      why: 'an address of the other family',
      settings: record('a', 'A', 'fd00::1'),
      fault: /^staticRecords\[0\]\.value: "fd00::1", an IPv4 address$/,
    },
    {
      why: 'an SRV record without a target',
      settings: record('_a._tcp', 'SRV', '0 1 80'),
      fault: /value: "0 1 80", priority, weight, port and target/,
    },
    {
      why: 'a name of another zone',
      settings: record('www.example.org.', 'A', '10.0.0.1'),
      fault: /name: "www\.example\.org\.", a name at or below mesos\.$/,
    },
    {
      why: 'a wildcard',
      settings: record('*.web', 'A', '10.0.0.1'),
      fault: /name: "\*\.web", a name at or below/,
    },
    {
      why: 'an alias of the domain',
      settings: record('@', 'CNAME', 'web'),
      fault: /name: "@", another name: the domain is no alias$/,
    },
    {
      why: 'an alias beside something else',
      settings: { ...record('www', 'A', '10.0.0.1'), aliases: { www: 'web' } },
      fault: /^aliases\.www: "www", a name without other records: an alias stands alone$/,
    },
    {
      why: 'an alias that leads to no name',
      settings: { aliases: { www: 'a b' } },
      fault: /^aliases\.www: "a b", a domain name$/,
    },
  ])('$why', ({ settings, fault }) => {
    expect(faultsOf(settings)).toEqual([expect.stringMatching(fault)]);
  });
});

test('a name that seems to have its domain twice is doubted', () => {
  const { warnings } = load({ aliases: { www: 'web.marathon.mesos' } });
  expect(warnings).toEqual(['aliases.www means web.marathon.mesos.mesos.: it has no final dot']);
});
