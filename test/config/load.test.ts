import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ConfigError, type ConfigInputs, loadConfig } from '../../src/config/index.ts';
import { BY_ADDRESS, BY_NAME } from '../fakes/certificates.ts';

const RESOLV_CONF =
  'search example.org\nnameserver 10.0.0.7\nnameserver 192.0.2.53\nnameserver ::1\n';
const FILES: Record<string, string> = {
  '/tls.pem': BY_ADDRESS.certificate,
  '/tls-key.pem': BY_ADDRESS.key,
  '/other-key.pem': BY_NAME.key,
  '/rsa-key.pem': generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey,
  '/etc/resolv.conf': RESOLV_CONF,
  '/ca.pem': '-----BEGIN CERTIFICATE-----\n',
  '/key.pem': '-----BEGIN PRIVATE KEY-----\n',
  '/empty.pem': '',
  '/zk': 'zk://10.0.0.1,10.0.0.2:2182/mesos\n',
  '/iam.json': JSON.stringify({
    uid: 'mesonym',
    private_key: '-----BEGIN PRIVATE KEY-----\nmuch secret\n',
    login_endpoint: 'https://10.0.0.1/acs/api/v1/auth/login',
  }),
};

const TLS = { tlsCertFile: '/tls.pem', tlsKeyFile: '/tls-key.pem' };

function load(settings: Record<string, unknown>, inputs: ConfigInputs = {}) {
  const machine = {
    readText: (path: string) => {
      if (path in FILES) return FILES[path];
      throw new Error('ENOENT: no such file');
    },
    ownAddresses: () => ['127.0.0.1', '::1', '10.0.0.7'],
  };
  const masters = ['10.0.0.1:5050'];
  return loadConfig({ settings: { masters, ...settings }, machine, ...inputs });
}

function faultsOf(settings: Record<string, unknown>, inputs: ConfigInputs = {}) {
  try {
    load(settings, inputs);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test.each([
  { by: 'the file', settings: { zk: '' }, inputs: {} },
  { by: 'the environment', settings: {}, inputs: { environment: { MESONYM_ZK: '' } } },
  { by: 'a flag', settings: {}, inputs: { flags: { zk: '' } } },
])('an empty zk in $by is none, which is the default of Mesos-DNS', ({ settings, inputs }) => {
  expect(load(settings, inputs).config.zk).toBeUndefined();
  expect(faultsOf({ ...settings, masters: [] }, inputs)).toMatchObject([{ path: 'masters' }]);
});

test('an empty httpListener is every address, as in Mesos-DNS', () => {
  expect(load({ httpListener: '' }).config.httpListener).toBe('0.0.0.0');
});

test.each([
  {
    why: 'masters',
    key: 'masters',
    given: ['10.0.0.1:5050', 'Master.example:5051'],
    text: ['10.0.0.1:5050', 'master.example:5051'],
  },
  {
    why: 'a master by IPv6',
    key: 'masters',
    given: ['[2001:DB8::1]:5050'],
    text: ['[2001:db8::1]:5050'],
  },
  {
    why: 'upstreams',
    key: 'resolvers',
    given: ['192.0.2.1', '2001:db8::1', '[2001:db8::2]:5353', '192.0.2.1:54'],
    text: ['192.0.2.1:53', '[2001:db8::1]:53', '[2001:db8::2]:5353', '192.0.2.1:54'],
  },
  {
    why: 'upstreams by TLS',
    key: 'resolvers',
    given: ['tls://192.0.2.1#dns.example'],
    text: ['tls://192.0.2.1:853#dns.example'],
  },
  {
    why: 'no upstreams: those of the machine, less itself',
    key: 'resolvers',
    given: [],
    text: ['192.0.2.53:53'],
  },
  {
    why: 'null in a list as an empty list',
    key: 'resolvers',
    given: null,
    text: ['192.0.2.53:53'],
  },
  {
    why: 'no upstream setting: the one of Mesos-DNS',
    key: 'resolvers',
    given: undefined,
    text: ['8.8.8.8:53'],
  },
  {
    why: 'listen addresses',
    key: 'listeners',
    given: ['127.0.0.2', '[::1]:5353'],
    text: ['127.0.0.2:53', '[::1]:5353'],
  },
])('reads $why', ({ key, given, text }) => {
  const { config } = load({ [key]: given });
  const list = config[key as 'masters' | 'resolvers' | 'listeners'];
  expect(list.map(item => item.text)).toEqual(text);
});

test.each([
  { why: 'capitals', key: 'HTTPPORT', value: 8080, name: 'httpPort' },
  {
    why: 'small letters',
    key: 'soamname',
    value: 'ns.example',
    name: 'SOAMname',
    becomes: 'ns.example.',
  },
  {
    why: 'a mailbox with @',
    key: 'SOARname',
    value: 'root@example.org',
    name: 'SOARname',
    becomes: 'root.example.org.',
  },
  { why: 'null as the default', key: 'ttl', value: null, name: 'ttl', becomes: 60 },
  { why: 'a time-out of 0 as 5 seconds', key: 'timeout', value: 0, name: 'timeout', becomes: 5 },
  {
    why: 'a domain with capitals',
    key: 'domain',
    value: 'Cluster1.Mesos',
    name: 'domain',
    becomes: 'cluster1.mesos.',
  },
  {
    why: 'zones with capitals',
    key: 'zoneResolvers',
    value: { 'Example.ORG': ['192.0.2.1'] },
    name: 'zoneResolvers',
    becomes: {
      'example.org': [expect.objectContaining({ address: '192.0.2.1', port: 53 })],
    },
  },
  {
    why: 'networks',
    key: 'queryAcl',
    value: ['10.0.0.0/8', '2001:DB8::1'],
    name: 'queryAcl',
    becomes: [
      { address: { family: 4, text: '10.0.0.0' }, bits: 8, text: '10.0.0.0/8' },
      { address: { family: 6, text: '2001:db8::1' }, bits: 128, text: '2001:db8::1/128' },
    ],
  },
  {
    why: 'keys in objects in any case',
    key: 'mesosCredentials',
    value: { Principal: 'p', Secret: 's' },
    name: 'mesosCredentials',
    becomes: { principal: 'p', secret: 's' },
  },
])('understands $why', ({ key, value, name, becomes }) => {
  const config: Record<string, unknown> = { ...load({ [key]: value }).config };
  expect(config[name]).toEqual(becomes ?? value);
});

test('the defaults are those of Mesos-DNS, but for the negative TTL', () => {
  const { config } = load({});
  expect(config).toMatchObject({
    refreshSeconds: 60,
    stateTimeoutSeconds: 300,
    domain: 'mesos.',
    port: 53,
    ttl: 60,
    timeout: 5,
    listeners: [{ host: '0.0.0.0', port: 53 }],
    httpListener: '0.0.0.0',
    httpPort: 8123,
    SOAMname: 'ns1.mesos.',
    SOARname: 'root.ns1.mesos.',
    SOARefresh: 60,
    SOARetry: 600,
    SOAExpire: 86400,
    SOAMinttl: 10,
    IPSources: ['netinfo', 'mesos', 'host'],
    externalOn: true,
    recurseOn: true,
    dnsOn: true,
    httpOn: true,
    setTruncateBit: true,
    enumerationOn: true,
    enforceRFC952: false,
    SRVRecordDefaultWeight: 1,
    mesosTLSVerify: true,
    zk: undefined,
  });
  expect(load({ domain: 'example' }).config.SOAMname).toBe('ns1.example.');
});

test.each([
  {
    text: 'zk://a:2181,b:2182/mesos',
    becomes: {
      kind: 'zookeeper',
      path: '/mesos',
      credentials: undefined,
      text: 'zk://a:2181,b:2182/mesos',
    },
  },
  {
    text: 'zk://me:hush@10.0.0.1/a/b',
    becomes: { credentials: 'me:hush', path: '/a/b', text: 'zk://me:********@10.0.0.1:2181/a/b' },
  },
  {
    text: 'file:///zk',
    becomes: {
      kind: 'zookeeper',
      servers: [
        { host: '10.0.0.1', port: 2181 },
        { host: '10.0.0.2', port: 2182 },
      ],
    },
  },
  { text: '10.0.0.3:5050', becomes: { kind: 'master', master: { host: '10.0.0.3', port: 5050 } } },
])('zk may be $text', ({ text, becomes }) => {
  expect(load({ zk: text, masters: [] }).config.zk).toMatchObject(becomes);
});

describe('finds at once', () => {
  test.each([
    { settings: { ttl: -1 }, path: 'ttl', found: '-1', wanted: '0 to 2147483647 seconds' },
    { settings: { port: '53' }, path: 'port', found: '"53"', wanted: '0 to 65535' },
    { settings: { port: 65536 }, path: 'port', found: '65536', wanted: '0 to 65535' },
    {
      settings: { refreshSeconds: 0 },
      path: 'refreshSeconds',
      found: '0',
      wanted: '1 to 2147483647 seconds',
    },
    {
      settings: { masters: ['10.0.0.1:5050', '10.0.0.1'] },
      path: 'masters[1]',
      found: '"10.0.0.1"',
      wanted: 'host:port',
    },
    {
      settings: { masters: ['[::1]:5050', '[0::1]:5050'] },
      path: 'masters[1]',
      found: '"[0::1]:5050"',
      wanted: 'each one only once',
    },
    {
      settings: { masters: ['10.0.0.256:5050'] },
      path: 'masters[0]',
      found: '"10.0.0.256:5050"',
      wanted: 'host:port',
    },
    {
      settings: { masters: [] },
      path: 'masters',
      found: 'empty, and zk is missing',
      wanted: 'at least one of the two',
    },
    {
      settings: { dnsOn: false, httpOn: false },
      path: 'dnsOn',
      found: 'false, and httpOn too',
      wanted: 'at least one of the two',
    },
    {
      settings: { domain: 'a..b' },
      path: 'domain',
      found: '"a..b"',
      wanted: 'labels of letters, digits and hyphens, joined by dots',
    },
    {
      settings: { refrshSeconds: 5 },
      path: 'refrshSeconds',
      found: 'no known setting',
      wanted: 'one of those in README; did you mean refreshSeconds?',
    },
    {
      settings: { ttl: 60, TTL: 30 },
      path: 'TTL',
      found: 'the same setting as ttl',
      wanted: 'each setting once',
    },
    {
      settings: { zoneResolvers: { 'A.example': ['192.0.2.1'], 'a.EXAMPLE': ['192.0.2.2'] } },
      path: 'zoneResolvers.a.EXAMPLE',
      found: 'the same setting as A.example',
      wanted: 'each setting once',
    },
    {
      settings: { xyzzy: 5 },
      path: 'xyzzy',
      found: 'no known setting',
      wanted: 'one of those in README',
    },
    {
      settings: { IPSources: ['netinf'] },
      path: 'IPSources[0]',
      found: '"netinf"',
      wanted: 'one of host, docker, mesos, netinfo; did you mean netinfo?',
    },
    {
      settings: { reverseZones: ['10.0.0.0/7'] },
      path: 'reverseZones[0]',
      found: '"10.0.0.0/7"',
      wanted: 'a network of at least 8 bits (IPv6: 7), such as 10.0.0.0/8',
    },
    {
      settings: { reverseZones: ['10.in-addr.arpa'] },
      path: 'reverseZones[0]',
      found: '"10.in-addr.arpa"',
      wanted: 'a network of at least 8 bits (IPv6: 7), such as 10.0.0.0/8',
    },
    {
      settings: {
        reverseZones: ['10.0.0.0/8'],
        zoneResolvers: { '1.10.in-addr.arpa': ['192.0.2.1'] },
      },
      path: 'zoneResolvers.1.10.in-addr.arpa',
      found: 'in a network of reverseZones',
      wanted: 'a zone outside those of reverseZones',
    },
    { settings: { IPSources: [] }, path: 'IPSources', found: '[]', wanted: 'at least one source' },
    {
      settings: { resolvers: ['dns.example'] },
      path: 'resolvers[0]',
      found: '"dns.example"',
      wanted: 'an IP address, with a port if it is not 53',
    },
    {
      settings: { localityNetworks: { '10.0.0.0/33': 'eu/a' } },
      path: 'localityNetworks.10.0.0.0/33',
      found: 'no network',
      wanted: 'a network such as 10.0.0.0/8',
    },
    {
      settings: { localityNetworks: { 'fd00::/8': 'eu', 'FD00:0::/8': 'us' } },
      path: 'localityNetworks.fd00:0::/8',
      found: 'the same network again',
      wanted: 'each one once',
    },
    {
      settings: { localityNetworks: { '10.0.0.0/8': 'eu/a/rack' } },
      path: 'localityNetworks.10.0.0.0/8',
      found: '"eu/a/rack"',
      wanted: 'region/zone, region or /zone',
    },
    {
      settings: { zoneResolvers: { 'a.mesos': ['192.0.2.1'] } },
      path: 'zoneResolvers.a.mesos',
      found: 'at or below the domain',
      wanted: 'a zone outside the domain',
    },
    {
      settings: { zoneResolvers: { example: [] } },
      path: 'zoneResolvers.example',
      found: '[]',
      wanted: 'at least one address',
    },
    {
      settings: { mesosAuthentication: 'basic' },
      path: 'mesosCredentials',
      found: 'empty',
      wanted: 'principal and secret for basic',
    },
    {
      why: 'TLS without a certificate',
      settings: { tlsListeners: ['10.0.0.1'] },
      path: 'tlsCertFile',
      found: 'missing',
      wanted: 'a file, for tlsListeners',
    },
    {
      why: 'a key that signs no zone',
      settings: { dnssecKeyFile: '/rsa-key.pem' },
      path: 'dnssecKeyFile',
      found: 'a key of type rsa',
      wanted: 'a private key for ECDSA P-256 or Ed25519',
    },
    {
      why: 'DNS over HTTPS without DNS',
      settings: { dnsOverHttps: true, dnsOn: false },
      path: 'dnsOverHttps',
      found: 'true',
      wanted: 'false, or dnsOn and httpOn both true',
    },
    {
      why: 'TLS where plain DNS listens',
      settings: { ...TLS, listeners: ['10.0.0.1'], tlsListeners: ['::1', '10.0.0.1:53'] },
      path: 'tlsListeners[1]',
      found: '"10.0.0.1:53"',
      wanted: 'a place where listeners are not',
    },
    {
      why: 'a key that is not of its certificate',
      settings: { tlsCertFile: '/tls.pem', tlsKeyFile: '/other-key.pem' },
      path: 'tlsKeyFile',
      found: 'error:05800074:x509 certificate routines::key values mismatch',
      wanted: 'the key of tlsCertFile',
    },
    {
      settings: { certFile: '/ca.pem' },
      path: 'keyFile',
      found: 'missing',
      wanted: 'a file, as for certFile',
    },
    {
      settings: { CACertFile: '/missing.pem' },
      path: 'CACertFile',
      found: 'ENOENT: no such file',
      wanted: 'a PEM file',
    },
    {
      settings: { CACertFile: '/empty.pem' },
      path: 'CACertFile',
      found: 'a file without a PEM block',
      wanted: 'a PEM file',
    },
    {
      settings: { mesosAuthentication: 'iam', IAMConfigFile: '/empty.pem' },
      path: 'IAMConfigFile',
      found: 'no JSON',
      wanted: 'a JSON file with uid, private_key and login_endpoint',
    },
    {
      settings: { secondaries: [{ address: '192.0.2.1', key: 'k' }] },
      path: 'secondaries[0].key',
      found: '"k."',
      wanted: 'a name in tsigKeys',
    },
    {
      settings: { secondaries: [{ address: '192.0.2.1', notfy: true }] },
      path: 'secondaries[0].notfy',
      found: 'no known key',
      wanted: 'no such key',
    },
    {
      settings: { zk: 'zk://me:hush@host' },
      path: 'zk',
      found: '"zk://me:********@host"',
      wanted: 'zk://host:port,host:port/path, file:///path or host:port',
    },
    {
      settings: { zk: 'zk://host:port/mesos', masters: [] },
      path: 'zk',
      found: '"zk://host:port/mesos"',
      wanted: 'zk://host:port,host:port/path, file:///path or host:port',
    },
    {
      settings: { cookieSecret: 'hush' },
      path: 'cookieSecret',
      found: 'hidden',
      wanted: '32 hexadecimal digits',
    },
    {
      settings: { tsigKeys: [{ name: 'k', secret: 'hush!' }] },
      path: 'tsigKeys[0].secret',
      found: 'hidden',
      wanted: 'a secret in base64',
    },
    {
      settings: { tsigKeys: ['hush'] },
      path: 'tsigKeys[0]',
      found: 'hidden',
      wanted: 'an object with name, algorithm and secret',
    },
    {
      settings: { mesosCredentials: 'hush' },
      path: 'mesosCredentials',
      found: 'hidden',
      wanted: 'an object with principal and secret',
    },
  ])('$path: $found', ({ settings, path, found, wanted }) => {
    expect(faultsOf(settings)).toEqual([{ path, found, wanted }]);
  });

  test('every fault, in one error', () => {
    const faults = faultsOf({ ttl: -1, port: 'x', resolvrs: [], masters: ['a'] });
    expect(faults.map(({ path }) => path).sort()).toEqual([
      'masters[0]',
      'port',
      'resolvrs',
      'ttl',
    ]);
  });

  test('what is nested too deep for any reader', () => {
    const text = `{"masters": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const inputs = {
      file: '/deep.json',
      machine: { readText: () => text, ownAddresses: () => [] },
    };
    expect(() => loadConfig(inputs)).toThrow(
      /^Cannot use \/deep\.json: masters is nested more than 8 levels deep, /,
    );
  });

  test('one of very many doubles, soon', () => {
    const masters = Array.from({ length: 50_000 }, (_, index) => `m${index}:5050`);
    expect(faultsOf({ masters: [...masters, 'M7:5050'] })).toMatchObject([
      { path: 'masters[50000]' },
    ]);
  });

  test('a file that is no JSON, with its path', () => {
    const inputs = {
      file: '/broken.json',
      machine: { readText: () => '{"ttl": }', ownAddresses: () => [] },
    };
    expect(() => loadConfig(inputs)).toThrow(/^Cannot use \/broken\.json: the file is no JSON: /);
  });
});

test('zones may lie below each other, and above the domain', () => {
  const zoneResolvers = { 'a.b': ['192.0.2.1'], b: ['192.0.2.2'] };
  const { config } = load({ domain: 'mesos.a.b', zoneResolvers });
  expect(Object.keys(config.zoneResolvers)).toEqual(['a.b', 'b']);
});

test('resolvers nobody uses do no harm', () => {
  expect(load({ externalOn: false, resolvers: ['dns.example'] }).config.externalOn).toBe(false);
});

test('environment variables win over the file, flags over both', () => {
  const environment = {
    MESONYM_HTTP_PORT: '1',
    MESONYM_DNSON: 'true',
    MESONYM_MASTERS: '10.0.0.9:5050, 10.0.0.8:5050',
    MESONYM_DOMAIN: 'env',
    MESONYM_CI: '1',
    PATH: '/bin',
  };
  const { config, warnings } = load(
    { httpPort: 3, ttl: 3 },
    { environment, flags: { domain: 'flag', ttl: '4' } },
  );
  expect(config).toMatchObject({ httpPort: 1, ttl: 4, domain: 'flag.' });
  expect(config.masters.map(({ text }) => text)).toEqual(['10.0.0.9:5050', '10.0.0.8:5050']);
  expect(warnings).toEqual([]);
});

test.each([
  {
    why: 'obsolete keys',
    settings: { ns: 'x', Email: 'y' },
    warnings: [/ns is obsolete/, /Email is obsolete/],
  },
  {
    why: 'credentials nobody uses',
    settings: { mesosCredentials: { principal: 'p' } },
    warnings: [/mesosCredentials are not used/],
  },
  {
    why: 'masters by unchecked TLS',
    settings: { mesosHTTPSOn: true, mesosTLSVerify: false },
    warnings: [/anybody on the way/],
  },
  {
    why: 'an open resolver',
    settings: { recursionAcl: ['0.0.0.0/0'] },
    warnings: [/open resolver/],
  },
])('warns of $why', ({ settings, warnings }) => {
  expect(load(settings).warnings).toEqual(warnings.map(pattern => expect.stringMatching(pattern)));
});

test('warns of variables that name no setting', () => {
  const { warnings } = load({}, { environment: { MESONYM_HTTP_PRT: '1' } });
  expect(warnings).toEqual([
    'The environment variable MESONYM_HTTP_PRT names no setting; did you mean MESONYM_HTTP_PORT?',
  ]);
});

test('an IAM account and PEM files are read', () => {
  const settings = {
    mesosAuthentication: 'iam',
    IAMConfigFile: '/iam.json',
    CACertFile: '/ca.pem',
  };
  const { config } = load(settings);
  expect(config.iam).toMatchObject({
    uid: 'mesonym',
    loginEndpoint: 'https://10.0.0.1/acs/api/v1/auth/login',
  });
  expect(config.pem).toEqual({ CACertFile: FILES['/ca.pem'] });
});

test('the snapshot goes where systemd says, unless the config says otherwise', () => {
  const environment = { STATE_DIRECTORY: '/var/lib/mesonym' };
  expect(load({}, { environment }).config.snapshotFile).toBe('/var/lib/mesonym/zone.snapshot');
  expect(load({ snapshotFile: '' }, { environment }).config.snapshotFile).toBe('');
  expect(load({}).config.snapshotFile).toBe('');
});

test('a config is frozen all through', () => {
  const { config } = load({});
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.masters[0])).toBe(true);
});
