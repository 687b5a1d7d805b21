import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUTHORITY } from '../fakes/certificates.ts';
import { findProgram } from '../fakes/real-programs.ts';
import { clientFile, clientSettings } from './client-settings.ts';

const HERE = '127.0.0.1';

/** A resolver on a client's machine that hands names of the cluster on to us. */
export interface Forwarder {
  /** The program from Debian. */
  readonly program: string;
  readonly how: string;
  readonly ready: RegExp;
  /** Where it listens, at port 53. */
  readonly at: string;
  /** What starts it; `folder` is for its files. */
  readonly command: (folder: string) => readonly [program: string, ...words: string[]];
}

const written = (folder: string, name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const unboundConf = (folder: string, ours: string) =>
  written(
    folder,
    'unbound.conf',
    `include: "${ours}"
server:
  interface: ${HERE}
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: "${folder}/unbound.pid"
  use-syslog: no
  qname-minimisation: yes
`,
  );

/** All of them, with the settings of config/clients. */
export const FORWARDERS: readonly Forwarder[] = [
  {
    program: 'dnsmasq',
    how: 'with stop-dns-rebind',
    ready: /started/,
    at: HERE,
    command: folder => [
      'dnsmasq',
      '--keep-in-foreground',
      '--log-facility=-',
      '--no-resolv',
      '--no-hosts',
      '--user=root',
      '--stop-dns-rebind',
      '--bind-interfaces',
      `--pid-file=${folder}/dnsmasq.pid`,
      `--listen-address=${HERE}`,
      `--conf-file=${clientFile('dnsmasq.conf')}`,
    ],
  },
  {
    program: 'unbound',
    how: 'by a stub zone, with QNAME minimisation',
    ready: /start of service/,
    at: HERE,
    command: folder => ['unbound', '-d', '-c', unboundConf(folder, clientFile('unbound.conf'))],
  },
  {
    program: 'unbound',
    how: 'by a forward zone',
    ready: /start of service/,
    at: HERE,
    command: folder => {
      const forwarding = clientSettings('unbound.conf', {
        'stub-zone:': 'forward-zone:',
        'stub-addr:': 'forward-addr:',
      });
      const file = written(folder, 'forward.conf', forwarding);
      return ['unbound', '-d', '-c', unboundConf(folder, file)];
    },
  },
  ...['auto', 'no'].map(validation => ({
    program: 'named',
    how: `by a forward zone, with dnssec-validation ${validation}`,
    ready: /running$/,
    at: HERE,
    command: (folder: string) => {
      const options = `pid-file none;
    session-keyfile "${folder}/session.key";
    listen-on { ${HERE}; };
    listen-on-v6 { none; };
    dnssec-validation ${validation};`;
      const text = clientSettings('named.conf', {
        'directory "/var/cache/bind";': `directory "${folder}";\n    ${options}`,
      });
      const file = written(folder, 'named.conf', `${text}controls { };\n`);
      return ['named', '-g', '-n', '1', '-c', file] as const;
    },
  })),
  {
    program: 'unbound',
    how: 'by TLS',
    ready: /start of service/,
    at: HERE,
    command: folder => {
      const overTls = clientSettings('unbound-tls.conf', {
        '/etc/ssl/certs/ca-certificates.crt': AUTHORITY.path,
        'mesonym.example': 'm1.test',
      });
      const file = written(folder, 'tls.conf', overTls);
      return ['unbound', '-d', '-c', unboundConf(folder, file)];
    },
  },
  {
    program: 'systemd-resolved',
    how: 'for one routed domain',
    ready: /Using system hostname/,
    at: '127.0.0.53',
    command: folder => resolvedCommand(folder, clientFile('systemd-resolved.conf')),
  },
  {
    program: 'systemd-resolved',
    how: 'by TLS',
    ready: /Using system hostname/,
    at: '127.0.0.53',
    command: folder => {
      const settings = clientSettings('systemd-resolved-tls.conf', {
        'mesonym.example': 'm1.test',
      });
      return resolvedCommand(folder, written(folder, 'resolved.conf', settings));
    },
  },
];

/**
 * It wants a user and folders of its own, and a link besides the loopback, or it believes that there
 * is no network. The shell that makes them becomes the program.
 */
function resolvedCommand(folder: string, settings: string): readonly [string, ...string[]] {
  const program = findProgram('systemd-resolved') ?? 'systemd-resolved';
  const script = [
    // The one before may have left it.
    '(ip link add up0 type veth peer name up1 && ip address add 10.9.4.1/24 dev up0 || true)',
    'ip link set up1 up',
    'ip link set up0 up',
    `(cat /etc/passwd && echo systemd-resolve:x:995:995::/:/bin/false) > ${folder}/passwd`,
    `mount --bind ${folder}/passwd /etc/passwd`,
    'mount -t tmpfs tmpfs /run',
    'mkdir -p /run/systemd/resolved.conf.d',
    `cp ${settings} /run/systemd/resolved.conf.d/mesos.conf`,
    `exec env SSL_CERT_FILE=${AUTHORITY.path} ${program}`,
  ];
  return ['unshare', '--mount', 'sh', '-c', script.join(' && ')];
}
