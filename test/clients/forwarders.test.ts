import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { end } from '../fakes/namespace.ts';
import { testAsRoot } from '../fakes/real-programs.ts';
import { clientFile, clientSettings } from './client-settings.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const SERVICES = [
  { name: 'web', instances: [['10.9.8.1', 'fd09::1'], ['10.9.8.2']], ports: [31000] },
  { name: 'four', instances: [['10.9.8.4']] },
  { name: 'many', instances: Array.from({ length: 100 }, (_, index) => [`10.9.7.${index + 1}`]) },
];

/** The example's two servers are this namespace's own addresses, so the settings stand as they are. */
const OURS = ['10.0.0.1', '10.0.0.2'];
const HERE = '127.0.0.1';
const ADDRESSES = [...OURS, '10.9.5.5'].map(address => `${address}/24`);

interface Forwarder {
  readonly program: string;
  readonly how: string;
  readonly ready: RegExp;
  /** Its arguments; `at` is the address it shall listen at, port 53. */
  readonly words: (folder: string) => readonly string[];
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

const FORWARDERS: readonly Forwarder[] = [
  {
    program: 'dnsmasq',
    how: 'with stop-dns-rebind',
    ready: /started/,
    words: folder => [
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
    words: folder => ['-d', '-c', unboundConf(folder, clientFile('unbound.conf'))],
  },
  {
    program: 'unbound',
    how: 'by a forward zone',
    ready: /start of service/,
    words: folder => {
      const forwarding = clientSettings('unbound.conf', {
        'stub-zone:': 'forward-zone:',
        'stub-addr:': 'forward-addr:',
      });
      const file = written(folder, 'forward.conf', forwarding);
      return ['-d', '-c', unboundConf(folder, file)];
    },
  },
  ...['auto', 'no'].map(validation => ({
    program: 'named',
    how: `by a forward zone, with dnssec-validation ${validation}`,
    ready: /running$/,
    words: (folder: string) => {
      const options = `pid-file none;
    session-keyfile "${folder}/session.key";
    listen-on { ${HERE}; };
    listen-on-v6 { none; };
    dnssec-validation ${validation};`;
      const text = clientSettings('named.conf', {
        'directory "/var/cache/bind";': `directory "${folder}";\n    ${options}`,
      });
      return ['-g', '-n', '1', '-c', written(folder, 'named.conf', `${text}controls { };\n`)];
    },
  })),
];

const programs = [...new Set(FORWARDERS.map(({ program }) => program))];
const forwarderTest = testAsRoot('unshare', 'nsenter', 'ip', 'dig', 'getent', ...programs);

describe('a forwarder on the machine', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    namespace = await serveInNamespace(SERVICES, { listeners: OURS }, ADDRESSES);
  });
  afterAll(() => namespace.close());

  describe.each(FORWARDERS)('$program $how', ({ program, ready, words }) => {
    let child: ChildProcess;
    beforeAll(async () => {
      child = await namespace.start(ready, program, ...words(namespace.folder));
    });
    afterAll(() => end(child));

    const ask = async (name: string, type: string) => {
      const { output } = await namespace.run('dig', `@${HERE}`, '+tries=1', name, type);
      const status = /status: (\w+)/.exec(output)?.[1];
      const answer = /ANSWER SECTION:\n((?:.+\n)*)/.exec(output)?.[1] ?? '';
      const records = answer.split('\n').filter(line => line !== '');
      return { status, values: records.map(line => line.split(/\s+/).slice(4).join(' ')).sort() };
    };

    forwarderTest('finds addresses of both families', async () => {
      expect(await ask('web.marathon.mesos', 'A')).toEqual({
        status: 'NOERROR',
        values: ['10.9.8.1', '10.9.8.2'],
      });
      expect((await ask('web.marathon.mesos', 'AAAA')).values).toEqual(['fd09::1']);
    });

    forwarderTest('finds services', async () => {
      const { values } = await ask('_web._tcp.marathon.mesos', 'SRV');
      expect(values).toHaveLength(2);
      for (const value of values) {
        expect(value).toMatch(/^0 1 31000 web-\w{5}-s\d\.marathon\.slave\.mesos\.$/);
      }
    });

    forwarderTest('gets all of 100 instances', async () => {
      expect((await ask('many.marathon.mesos', 'A')).values).toHaveLength(100);
    });

    forwarderTest.each([
      { name: 'four.marathon.mesos', type: 'AAAA', why: 'there is no address of the family' },
      { name: 'four.marathon.mesos', type: 'HTTPS', why: 'the type is one we never have' },
      { name: '_tcp.marathon.mesos', type: 'A', why: 'there are only names below it' },
      { name: 'marathon.mesos', type: 'A', why: 'it is a framework without an address' },
    ])('is told that $name $type has no records: $why', async ({ name, type }) => {
      expect(await ask(name, type)).toEqual({ status: 'NOERROR', values: [] });
    });

    forwarderTest(
      'is told that a name does not exist, and finds those beside and below it',
      async () => {
        expect((await ask('absent.marathon.mesos', 'A')).status).toBe('NXDOMAIN');
        expect((await ask('four.marathon.mesos', 'A')).values).toEqual(['10.9.8.4']);
      },
    );

    forwarderTest('serves the programs of its machine', async () => {
      const { output } = await namespace.run('getent', 'ahostsv4', 'web.marathon.mesos');
      expect(new Set(output.match(/^\S+/gm))).toEqual(new Set(['10.9.8.1', '10.9.8.2']));
    });
  });
});

describe('with one of our two servers down', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    namespace = await serveInNamespace(SERVICES, { listeners: [OURS[1]] }, ADDRESSES);
  });
  afterAll(() => namespace.close());

  forwarderTest.each(FORWARDERS)('$program $how asks the other', async ({ program, ...how }) => {
    const child = await namespace.start(how.ready, program, ...how.words(namespace.folder));
    const { output } = await namespace.run('dig', `@${HERE}`, '+short', 'four.marathon.mesos');
    await end(child);
    expect(output).toBe('10.9.8.4\n');
  });
});
