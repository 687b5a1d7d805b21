import { afterAll, beforeAll, describe, expect } from 'vitest';
import { testAsRoot } from '../fakes/real-programs.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const SERVICES = [{ name: 'web', instances: [['10.9.8.1'], ['10.9.8.2']], ports: [31000] }];

const linuxTest = testAsRoot('unshare', 'nsenter', 'dig', 'ip');

describe('dig browses by DNS-SD', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    namespace = await serveInNamespace(SERVICES, { serviceDiscovery: true });
  });
  afterAll(() => namespace.close());

  const ask = async (name: string, type: string) => {
    const { output } = await namespace.run('dig', '@127.0.0.1', '+short', name, type);
    return output.trim().split('\n').sort();
  };

  linuxTest('from a domain to a service, its instances, their ports and texts', async () => {
    expect(await ask('b._dns-sd._udp.mesos', 'PTR')).toContain('marathon.mesos.');
    expect(await ask('_services._dns-sd._udp.marathon.mesos', 'PTR')).toContain(
      '_web._tcp.marathon.mesos.',
    );
    const instances = await ask('_web._tcp.marathon.mesos', 'PTR');
    expect(instances).toHaveLength(2);
    const found = await Promise.all(instances.map(instance => ask(instance, 'SRV')));
    expect(found.flat().sort()).toEqual(await ask('_web._tcp.marathon.mesos', 'SRV'));
    for (const instance of instances) expect(await ask(instance, 'TXT')).toEqual(['""']);
  });

  linuxTest('and an SRV response holds nothing of that', async () => {
    const words = ['@127.0.0.1', '_web._tcp.marathon.mesos', 'SRV'];
    const { output } = await namespace.run('dig', ...words);
    expect(output).toMatch(/ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 3/);
    expect(output).not.toMatch(/\s(?:TXT|PTR)\s/);
  });
});
