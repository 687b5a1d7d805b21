import { addressPort, reverseNetwork } from './endpoint.ts';
import { row } from './field.ts';
import { integer, list, oneOf, parsed, path, text, yesNo } from './kinds.ts';

const DAY_SECONDS = 86_400;
const INT32 = 2 ** 31 - 1;

/** The keys that Mesos-DNS does not have: following, answering, listening, forwarding. */
export const OWN_FIELDS = {
  source: row(
    'cluster',
    oneOf('stream', 'poll').default('stream'),
    "Whether changes come by the masters' event stream, with polling as the fall-back, or by polling alone.",
  ),
  staleAfterSeconds: row(
    'cluster',
    integer(1, INT32, 'seconds').default(300),
    'How old the state may be before answers count as stale: TTLs are capped, and the extended error "Stale Answer" says so.',
  ),
  staleTtlCapSeconds: row(
    'cluster',
    integer(0, INT32, 'seconds').default(30),
    'The highest TTL of a stale answer.',
  ),
  snapshotFile: row(
    'cluster',
    path().default(''),
    "Where the last zone is kept for the next start. Default: `zone.snapshot` in systemd's StateDirectory, if there is one; else nowhere.",
  ),
  snapshotMaxAgeSeconds: row(
    'cluster',
    integer(0, INT32, 'seconds').default(DAY_SECONDS),
    'The oldest snapshot that is served after a start.',
  ),
  mesosTLSVerify: row(
    'masters',
    yesNo().default(true),
    "Whether the masters' certificates are checked. `false` lets anybody pose as a master.",
  ),
  leaveOutUnhealthy: row(
    'names',
    yesNo().default(false),
    'Whether tasks whose health check fails are left out of the names they share with others. Where all of a name fail, all stay; names of single tasks stay in any case.',
  ),
  leaveOutUnknown: row(
    'names',
    yesNo().default(false),
    'With `leaveOutUnhealthy`: whether tasks without a result of a health check are left out, too, where another task of the name is healthy.',
  ),
  reverseZones: row(
    'names',
    list(
      parsed('a network of at least 8 bits (IPv6: 7), such as 10.0.0.0/8', reverseNetwork),
      'a list of networks',
    ).prefault([]),
    'The networks whose reverse look-ups (PTR) are answered from the addresses of the zone: the own name of the one task there, of a master or scheduler. All else in them does not exist then; PTR of other networks goes to `resolvers`.',
  ),
  answerLimit: row(
    'answers',
    integer(0, 65535, 'records').default(0),
    'The most addresses in one answer, drawn anew for each response; 0 means all.',
  ),
  udpPayloadMax: row(
    'answers',
    integer(512, 65507, 'octets').default(1232),
    'The longest UDP response, whatever the client offers.',
  ),
  dnssecKeyFile: row(
    'answers',
    path().default(''),
    'PEM file of the private key (ECDSA P-256 or Ed25519; `keygen` makes one) that signs answers from the domain for clients that want DNSSEC. Default: none are signed.',
  ),
  nsid: row(
    'answers',
    text('at most 128 characters', /^.{0,128}$/).default(''),
    'What this server calls itself when asked by NSID (RFC 5001); empty for nothing.',
  ),
  versionText: row(
    'answers',
    text('at most 128 characters', /^.{0,128}$/).default('Mesonym'),
    'The answer to `version.bind` CH TXT; empty refuses.',
  ),
  listeners: row(
    'listening',
    list(
      parsed('an IP address, with a port if it is not the setting port', value =>
        addressPort(value, 0),
      ),
      'a list of addresses',
    ).prefault([]),
    'Several listen addresses, each with or without a port, in place of `listener`.',
  ),
  tlsListeners: row(
    'listening',
    list(
      parsed('an IP address, with a port if it is not 853', value => addressPort(value, 853)),
      'a list of addresses',
    ).prefault([]),
    'Addresses, with a port if it is not 853, where DNS over TLS (RFC 7858) is answered too. Needs `tlsCertFile` and `tlsKeyFile`.',
  ),
  tlsCertFile: row(
    'listening',
    path().default(''),
    'PEM file of the certificate of `tlsListeners`, with those that signed it; read again when it changes.',
  ),
  tlsKeyFile: row('listening', path().default(''), 'PEM file of the key of `tlsCertFile`.'),
  threads: row('listening', integer(1, 64).default(1), 'How many threads answer.'),
  udpMode: row(
    'listening',
    oneOf('auto', 'batched', 'portable').default('auto'),
    'How UDP is read and written: in batches by system calls (Linux), or through Node alone, which at `0.0.0.0` and `::` cannot answer from an address that is on no interface (127.0.0.9).',
  ),
  cacheOctets: row(
    'forwarding',
    integer(0, 2 ** 40, 'octets').default(64 * 2 ** 20),
    "The size of each thread's cache of outside answers; 0 for none.",
  ),
  cacheMaxTtlSeconds: row(
    'forwarding',
    integer(0, INT32, 'seconds').default(DAY_SECONDS),
    'The longest an outside answer is kept.',
  ),
  cacheMaxNegativeTtlSeconds: row(
    'forwarding',
    integer(0, INT32, 'seconds').default(3600),
    'The longest an outside "no such name" is kept.',
  ),
  cacheStaleSeconds: row(
    'forwarding',
    integer(0, INT32, 'seconds').default(DAY_SECONDS),
    'How long expired answers are served while upstreams are dead; 0 for never.',
  ),
  upstreamQueries: row(
    'forwarding',
    integer(1, 65535, 'queries').default(1000),
    'The most upstream queries at once.',
  ),
  upstream0x20: row(
    'forwarding',
    yesNo().default(false),
    'Whether letters go upstream in random case, which makes forging harder; a few old servers dislike it.',
  ),
  upstreamCACertFile: row(
    'forwarding',
    path().default(''),
    'PEM file of the authorities the certificates of `tls://` upstreams are checked against. Default: those of Node.js.',
  ),
  lameduckSeconds: row(
    'process',
    integer(0, 3600, 'seconds').default(3),
    'How long SIGTERM lets DNS answer on while /ready already says no.',
  ),
  logLevel: row(
    'process',
    oneOf('debug', 'info', 'warn', 'error').default('info'),
    'The least weighty lines that are logged.',
  ),
  queryLogOneIn: row(
    'process',
    integer(0, 1_000_000_000, 'queries').default(0),
    'One query in so many, drawn at random, is logged with what it was answered, at level `info`; 0 logs none.',
  ),
  queryLogPerSecond: row(
    'process',
    integer(1, 10_000, 'lines').default(100),
    'The most such lines a second; `unsaid` in the next one counts those left out.',
  ),
} as const;
