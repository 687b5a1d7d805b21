import { z } from 'zod';
import { domainName, ipAddress } from '../dns/index.ts';
import { hostPort, upstream } from './endpoint.ts';
import { row } from './field.ts';
import {
  integer,
  list,
  mailboxName,
  oneOf,
  parsed,
  path,
  secret,
  text,
  yesNo,
  zoneName,
} from './kinds.ts';
import { LEADER_SOURCE, leaderSource } from './leader-source.ts';

const INT32 = 2 ** 31 - 1;
const UINT32 = 2 ** 32 - 1;

const resolver = parsed('an IP address, with a port if it is not 53', upstream);
const resolverList = list(resolver, 'a list of IP addresses');

/** Every key of a Mesos-DNS config.json, with its meaning and default. */
export const MESOS_DNS_FIELDS = {
  zk: row(
    'cluster',
    parsed(LEADER_SOURCE, leaderSource).optional(),
    'Where to find the leading master: `zk://[user:password@]host:port,host:port/path`, `file:///path` of a file that holds such a text, or `host:port` of one master.',
  ),
  masters: row(
    'cluster',
    list(parsed('host:port', hostPort), 'a list of host:port').prefault([]),
    'The masters to ask, as `host:port`; with `zk` they are the fall-back. One of the two is needed.',
  ),
  refreshSeconds: row(
    'cluster',
    integer(1, INT32, 'seconds').default(60),
    'How often the state is read; beside the event stream it is read again as often, to catch what the stream leaves out.',
  ),
  stateTimeoutSeconds: row(
    'cluster',
    integer(1, INT32, 'seconds').default(300),
    'The longest that reading a whole state may take.',
  ),
  zkDetectionTimeout: row(
    'cluster',
    integer(0, INT32, 'seconds').default(30),
    'Accepted and shown. Mesos-DNS ends after so long without a leader; Mesonym serves on.',
  ),
  domain: row(
    'names',
    parsed('labels of letters, digits and hyphens, joined by dots', zoneName).prefault('mesos'),
    'The zone that is served.',
  ),
  listener: row(
    'listening',
    parsed('an IP address', value => ipAddress(value)?.text).prefault('0.0.0.0'),
    "The address DNS is served at, and the address of the name server's own name. `0.0.0.0` and `::` mean every address of this machine.",
  ),
  port: row(
    'listening',
    integer(0, 65535).default(53),
    'The DNS port, UDP and TCP; 0 takes a free one.',
  ),
  dnsOn: row('listening', yesNo().default(true), 'Whether DNS is served.'),
  httpOn: row('http', yesNo().default(true), 'Whether HTTP is served.'),
  httpListener: row(
    'http',
    text('an address or host name', /./).default('0.0.0.0'),
    'The address HTTP is served at.',
  ),
  httpPort: row('http', integer(0, 65535).default(8123), 'The HTTP port; 0 takes a free one.'),
  ttl: row('names', integer(0, INT32, 'seconds').default(60), 'The TTL of every record.'),
  SRVRecordDefaultWeight: row(
    'names',
    integer(0, 65535).default(1),
    'The weight of every SRV record; the priority is always 0.',
  ),
  SOAMname: row(
    'names',
    parsed('a domain name', value => (value === '' ? undefined : domainName(value))).optional(),
    'The primary name server. Default: `ns1` in the domain.',
  ),
  SOARname: row(
    'names',
    parsed('a mailbox, such as root@ns1.mesos', mailboxName).optional(),
    'The mailbox of whoever is responsible; each `@` becomes a dot. Default: `root.ns1` in the domain.',
  ),
  SOARefresh: row(
    'names',
    integer(0, UINT32, 'seconds').default(60),
    'How often secondaries look for a new serial.',
  ),
  SOARetry: row(
    'names',
    integer(0, UINT32, 'seconds').default(600),
    'When secondaries look again after a failure.',
  ),
  SOAExpire: row(
    'names',
    integer(0, UINT32, 'seconds').default(86400),
    'How long secondaries serve without news.',
  ),
  SOAMinttl: row(
    'names',
    integer(0, INT32, 'seconds').default(10),
    'How long "no such name" may be kept by resolvers. Mesos-DNS ignores this key; Mesonym honours it.',
  ),
  SOASerial: row(
    'names',
    integer(0, UINT32).optional(),
    'Accepted as by Mesos-DNS, which overwrites it: the serial moves only when the zone does.',
  ),
  recurseOn: row(
    'forwarding',
    yesNo().default(true),
    'Whether answers say that recursion is available (the RA flag).',
  ),
  externalOn: row(
    'forwarding',
    yesNo().default(true),
    'Whether names outside the domain are asked upstream; otherwise they are refused.',
  ),
  resolvers: row(
    'forwarding',
    resolverList.prefault(['8.8.8.8']),
    'The upstreams for outside names: `IP`, `IP:port`, `tcp://IP`, `tls://IP#name`. An empty list means the name servers of /etc/resolv.conf less this machine itself.',
  ),
  zoneResolvers: row(
    'forwarding',
    z.record(z.string(), resolverList, { error: 'an object of zone names and lists' }).prefault({}),
    'Upstreams for single zones: `{"example.org": ["192.0.2.1"]}`. The longest match wins.',
  ),
  timeout: row(
    'forwarding',
    integer(0, 3600, 'seconds').default(5),
    'The longest that one try at an upstream may take; 0 means 5. Mesonym moves on after 1.5 s at the latest.',
  ),
  IPSources: row(
    'names',
    list(oneOf('host', 'docker', 'mesos', 'netinfo'), 'a list')
      .min(1, { error: 'at least one source' })
      .prefault(['netinfo', 'mesos', 'host']),
    "Where a task's address comes from; the first source that has one wins.",
  ),
  enforceRFC952: row(
    'names',
    yesNo().default(false),
    'Whether labels start with a letter and are cut at 24 characters.',
  ),
  setTruncateBit: row(
    'answers',
    yesNo().default(true),
    'Whether a response that was cut says so (the TC flag).',
  ),
  enumerationOn: row(
    'http',
    yesNo().default(true),
    'Whether /v1/enumerate and /v1/axfr are served.',
  ),
  mesosHTTPSOn: row('masters', yesNo().default(false), 'Whether the masters are asked by https.'),
  CACertFile: row(
    'masters',
    path().default(''),
    "PEM file of the authorities the masters' certificates are checked against. Default: those of Node.js.",
  ),
  certFile: row(
    'masters',
    path().default(''),
    'PEM file of the client certificate shown to the masters; needs `keyFile`.',
  ),
  keyFile: row('masters', path().default(''), 'PEM file of the key of `certFile`.'),
  mesosAuthentication: row(
    'masters',
    oneOf('', 'basic', 'iam').default(''),
    'How Mesonym proves to the masters who it is.',
  ),
  mesosCredentials: row(
    'masters',
    z
      .strictObject(
        { principal: text('a text').default(''), secret: secret('a text').default('') },
        { error: 'an object with principal and secret' },
      )
      .prefault({}),
    'Principal and secret for `basic`.',
  ),
  IAMConfigFile: row(
    'masters',
    path().default(''),
    'For `iam`: JSON file with `uid`, `private_key` (PEM) and `login_endpoint`.',
  ),
  file: row(
    'process',
    path().default(''),
    'Accepted and overwritten with the absolute path of the config file.',
  ),
} as const;
