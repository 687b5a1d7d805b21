import { z } from 'zod';
import { domainName, LOCAL_NETWORKS } from '../dns/index.ts';
import { addressPort } from './endpoint.ts';
import { row } from './field.ts';
import { integer, list, networks, oneOf, parsed, path, secret, text, yesNo } from './kinds.ts';

const DAY_SECONDS = 86_400;
const INT32 = 2 ** 31 - 1;
const EVERYBODY = ['0.0.0.0/0', '::/0'];

const dnsName = (value: string) => (value === '' ? undefined : domainName(value));
const keyName = parsed('a key name in the form of a domain name', dnsName);

const secondary = z.strictObject(
  {
    address: parsed('an IP address, with a port if it is not 53', value => addressPort(value, 53)),
    name: parsed('a domain name', dnsName).optional(),
    key: keyName.optional(),
    notify: yesNo().default(true),
  },
  { error: 'an object with address, and perhaps name, key and notify' },
);

const view = z.strictObject(
  {
    clients: networks(),
    frameworks: list(text('a name', /./), 'a list of names').prefault([]),
    names: list(text('a name in the domain', /^[a-z0-9_.-]+$/i), 'a list of names').prefault([]),
  },
  { error: 'an object with clients, and perhaps frameworks and names' },
);

const tsigKey = z.strictObject(
  {
    name: keyName,
    algorithm: oneOf('hmac-sha256', 'hmac-sha384', 'hmac-sha512').default('hmac-sha256'),
    secret: secret(
      'a secret in base64',
      /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$|^[A-Za-z0-9+/]{2}==$|^[A-Za-z0-9+/]{3}=$/,
    ),
  },
  { error: 'an object with name, algorithm and secret' },
);

/** The keys that Mesos-DNS does not have: who may ask, transfers, guarding the HTTP API. */
export const ACCESS_FIELDS = {
  queryAcl: row('access', networks().prefault(EVERYBODY), 'The networks that may ask at all.'),
  views: row(
    'access',
    list(view, 'a list of objects').prefault([]),
    'What some clients see: `{"clients": ["10.1.0.0/16"], "frameworks": ["marathon"], "names": ["db"]}` shows them these frameworks, by their own names, and what is at or below these names of the domain (`marathon.ZONE.zone` for those of `localityNames`), beside masters and agents; all other names of the domain, and reverse names, are refused to them. The first view with a client counts; who is in none sees everything.',
  ),
  recursionAcl: row(
    'access',
    networks().prefault([...LOCAL_NETWORKS]),
    'The networks that may ask for outside names.',
  ),
  tcpConnections: row(
    'access',
    integer(1, 1_000_000, 'connections').default(1000),
    'The most TCP connections; the one idle longest makes room.',
  ),
  tcpConnectionsPerAddress: row(
    'access',
    integer(1, 1_000_000, 'connections').default(100),
    'The most TCP connections of one client address.',
  ),
  tcpMessageSeconds: row(
    'access',
    integer(1, 3600, 'seconds').default(2),
    'How long a message may take once its first octet has come.',
  ),
  tcpIdleSeconds: row(
    'access',
    integer(1, 3600, 'seconds').default(10),
    'How long a connection may be silent.',
  ),
  tcpUnsentOctets: row(
    'access',
    integer(1024, 2 ** 30, 'octets').default(65536),
    'Unread responses beyond which a connection is not read any further.',
  ),
  tcpQueries: row(
    'access',
    integer(1, 65535, 'queries').default(100),
    'The most queries of one connection in work at once.',
  ),
  rateLimit: row(
    'access',
    integer(0, 1_000_000, 'responses a second').default(0),
    'The most equal UDP responses a second to one network; 0 means no limit, 200 is a good start.',
  ),
  rateLimitSlip: row(
    'access',
    integer(0, 100).default(2),
    'One in so many responses over the limit goes out truncated, so that real clients come back by TCP; 0 drops all.',
  ),
  rateLimitPrefix4: row(
    'access',
    integer(0, 32, 'bits').default(24),
    'What counts as one IPv4 network.',
  ),
  rateLimitPrefix6: row(
    'access',
    integer(0, 128, 'bits').default(56),
    'What counts as one IPv6 network.',
  ),
  rateLimitExempt: row('access', networks().prefault([]), 'Networks without a rate limit.'),
  cookiesOn: row(
    'access',
    yesNo().default(true),
    'Whether DNS cookies (RFC 7873) are given and checked.',
  ),
  cookieSecret: row(
    'access',
    secret('32 hexadecimal digits', /^([0-9a-f]{32})?$/i).default(''),
    'The secret of DNS cookies, the same on servers that share an address. Default: drawn at start.',
  ),
  secondaries: row(
    'transfer',
    list(secondary, 'a list of objects').prefault([]),
    'Servers that may transfer our zones: `address`, and perhaps `key` (a name in `tsigKeys`), `notify` (default true) and `name` (its name in the NS records).',
  ),
  tsigKeys: row(
    'transfer',
    list(tsigKey, 'a list of objects').prefault([]),
    'Keys that sign transfers: `name`, `algorithm` (hmac-sha256, hmac-sha384, hmac-sha512) and `secret` in base64.',
  ),
  transferAcl: row(
    'transfer',
    networks().prefault([]),
    'Further networks that may transfer the zone without being notified.',
  ),
  notifyGapSeconds: row(
    'transfer',
    integer(0, 3600, 'seconds').default(1),
    'The shortest time between two notifications of a secondary.',
  ),
  transfersAtOnce: row(
    'transfer',
    integer(1, 10_000, 'transfers').default(20),
    'How many transfers may be under way at once; who comes later waits, `tcpIdleSeconds` at most.',
  ),
  transferHistoryRecords: row(
    'transfer',
    integer(0, 2 ** 31, 'records').default(200_000),
    'How many changed records are kept for incremental transfers.',
  ),
  transferHistorySeconds: row(
    'transfer',
    integer(0, INT32, 'seconds').default(DAY_SECONDS),
    'How long changes are kept for incremental transfers.',
  ),
  apiAcl: row(
    'http',
    networks().prefault(EVERYBODY),
    'The networks that may use HTTP; /health and /ready are open to all.',
  ),
  apiToken: row(
    'http',
    secret('a text without blanks', /^\S*$/).default(''),
    'When set, HTTP wants it as bearer token (except /health and /ready).',
  ),
  apiCredentials: row(
    'http',
    z
      .strictObject(
        { principal: text('a text').default(''), secret: secret('a text').default('') },
        { error: 'an object with principal and secret' },
      )
      .prefault({}),
    'When set, HTTP wants them as basic authentication.',
  ),
  dnsOverHttps: row(
    'http',
    yesNo().default(false),
    'Whether /dns-query answers DNS over HTTPS (RFC 8484), to `queryAcl` and without token or credentials.',
  ),
  apiCertFile: row(
    'http',
    path().default(''),
    'PEM file of the certificate; HTTP is then served by TLS. Needs `apiKeyFile`.',
  ),
  apiKeyFile: row('http', path().default(''), 'PEM file of the key of `apiCertFile`.'),
} as const;
