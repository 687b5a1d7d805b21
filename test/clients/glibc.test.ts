import { afterAll, beforeAll, describe, expect } from 'vitest';
import { testAsRoot } from '../fakes/real-programs.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const range = (count: number, address: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => [address(index)]);

const SERVICES = [
  { name: 'web', instances: [['10.9.8.1', 'fd09::1'], ['10.9.8.2']], ports: [31000] },
  { name: 'many', instances: range(100, index => `10.9.7.${index + 1}`) },
  { name: 'hot', instances: range(6, index => `10.9.6.${index + 1}`) },
];

const linuxTest = testAsRoot('unshare', 'nsenter', 'getent', 'ip');

describe('glibc with our server in resolv.conf', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    // glibc asks for a family only where the host has an address of it beside the loopback.
    namespace = await serveInNamespace(SERVICES, {}, ['10.9.5.5/24', 'fd09:5::5/64']);
  });
  afterAll(() => namespace.close());

  const addresses = async (database: string, name: string) => {
    const { output } = await namespace.run('getent', database, name);
    return [
      ...new Set([...output.matchAll(/^(\S+)\s+STREAM/gm)].map(([, address]) => address)),
    ].sort();
  };

  linuxTest('finds both families of a name', async () => {
    namespace.setResolvConf('nameserver 127.0.0.1\n');
    expect(await addresses('ahosts', 'web.marathon.mesos')).toEqual([
      '10.9.8.1',
      '10.9.8.2',
      'fd09::1',
    ]);
  });

  linuxTest('finds a short name through its search list', async () => {
    namespace.setResolvConf(
      'nameserver 127.0.0.1\nsearch nowhere.mesos marathon.mesos\noptions ndots:2\n',
    );
    expect(await addresses('ahostsv4', 'web')).toEqual(['10.9.8.1', '10.9.8.2']);
  });

  linuxTest.each(['', 'options edns0\n', 'options use-vc\n', 'options single-request\n'])(
    'gets all of 100 instances, by TCP where it must, with %j',
    async options => {
      namespace.setResolvConf(`nameserver 127.0.0.1\n${options}`);
      expect(await addresses('ahostsv4', 'many.marathon.mesos')).toHaveLength(100);
    },
  );

  linuxTest('is told at once that a name does not exist', async () => {
    namespace.setResolvConf('nameserver 127.0.0.1\n');
    const { output, code } = await namespace.run('getent', 'ahosts', 'absent.marathon.mesos');
    expect({ output, code }).toEqual({ output: '', code: 2 });
  });

  linuxTest('asks over IPv6 as well', async () => {
    namespace.setResolvConf('nameserver ::1\n');
    expect(await addresses('ahostsv4', 'web.marathon.mesos')).toEqual(['10.9.8.1', '10.9.8.2']);
  });
});

describe('glibc on a host in the instances’ own subnet', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    namespace = await serveInNamespace(SERVICES, { answerLimit: 1 }, ['10.9.6.77/24']);
  });
  afterAll(() => namespace.close());

  linuxTest('spreads evenly over the instances with answerLimit 1', async () => {
    const firsts = new Map<string, number>();
    for (let round = 0; round < 20; round++) {
      const outputs = await Promise.all(
        Array.from({ length: 9 }, () => namespace.run('getent', 'ahostsv4', 'hot.marathon.mesos')),
      );
      for (const { output } of outputs) {
        const first = output.split(/\s/)[0];
        firsts.set(first, (firsts.get(first) ?? 0) + 1);
      }
    }
    expect([...firsts.keys()].sort()).toEqual(SERVICES[2].instances.flat());
    // 180 tries over 6 instances: 30 each, standard deviation 5; five deviations either way.
    for (const count of firsts.values()) expect(Math.abs(count - 30)).toBeLessThan(25);
  });
});
