import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type Namespace, openNamespace } from '../fakes/namespace.ts';
import { testAsRoot } from '../fakes/real-programs.ts';
import { clientSettings } from './client-settings.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const SERVICES = [
  { name: 'web', instances: [['10.9.8.1', 'fd09::1'], ['10.9.8.2']] },
  { name: 'many', instances: Array.from({ length: 100 }, (_, index) => [`10.9.7.${index + 1}`]) },
];

const containerTest = testAsRoot('unshare', 'nsenter', 'ip', 'getent', 'dig');

/** What Docker writes into a container on the default bridge, for the settings of its daemon. */
function containerResolvConf(): string {
  const daemon = JSON.parse(clientSettings('docker-daemon.json')) as Record<string, string[]>;
  return [
    ...daemon.dns.map(server => `nameserver ${server}`),
    `search ${daemon['dns-search'].join(' ')}`,
    `options ${daemon['dns-opts'].join(' ')}`,
    '',
  ].join('\n');
}

describe('a container on a bridge that Docker made after we started', () => {
  let host: ServedNamespace;
  let container: Namespace;
  beforeAll(async () => {
    host = await serveInNamespace(SERVICES, { listeners: ['0.0.0.0'] }, ['10.0.0.1/24']);
    container = await openNamespace();
    await plugIn(host, container);
    container.setResolvConf(containerResolvConf());
  });
  afterAll(async () => {
    await container.close();
    await host.close();
  });

  containerTest('asks the servers of `--dns`, and finds short names', async () => {
    const { output } = await container.run('getent', 'ahostsv4', 'web');
    expect(new Set(output.match(/^\S+/gm))).toEqual(new Set(['10.9.8.1', '10.9.8.2']));
  });

  containerTest.each(['10.0.0.1', '172.17.0.1'])(
    'is answered by %s, from the very address that it asked',
    async server => {
      // dig takes no response from another address than the one it asked.
      const { output } = await container.run('dig', `@${server}`, '+short', 'many.marathon.mesos');
      expect(output.trim().split('\n')).toHaveLength(100);
    },
  );
});

/** A bridge on the host as Docker makes it, and the container's end of a cable in it. */
async function plugIn(host: Namespace, container: Namespace): Promise<void> {
  const onHost = [
    'ip link add docker0 type bridge',
    'ip address add 172.17.0.1/16 dev docker0',
    'ip link set docker0 up',
    `ip link add cable type veth peer name eth0 netns ${container.pid}`,
    'ip link set cable master docker0 up',
  ];
  const inContainer = [
    'ip address add 172.17.0.2/16 dev eth0',
    'ip link set eth0 up',
    'ip route add default via 172.17.0.1',
  ];
  for (const [namespace, steps] of [
    [host, onHost],
    [container, inContainer],
  ] as const) {
    const { output, code } = await namespace.run('sh', '-c', steps.join(' && '));
    if (code !== 0) throw new Error(`Cannot set the network up: ${output}`);
  }
}
