import { afterAll, beforeAll, describe, expect } from 'vitest';
import { testAsRoot } from '../fakes/real-programs.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const wildcardTest = testAsRoot('unshare', 'nsenter', 'ip', 'dig');

/** dig takes no response from another address than the one it asked. */
describe('listening at 0.0.0.0 and ::', () => {
  let host: ServedNamespace;
  beforeAll(async () => {
    const services = [{ name: 'web', instances: [['10.9.8.1']] }];
    host = await serveInNamespace(services, { listeners: ['0.0.0.0', '::'] });
    await run(
      'ip link add card0 type veth peer name card1; ip link set card0 up; ip link set card1 up',
    );
  });
  afterAll(() => host.close());

  const run = async (script: string) => {
    const { output, code } = await host.run('sh', '-c', script);
    if (code !== 0) throw new Error(`${script} ended with ${code}: ${output}`);
    return output.trim();
  };
  const add = (address: string) =>
    run(`ip address add ${address} dev card0 ${address.includes(':') ? 'nodad' : ''}`);
  const ask = (server: string) => run(`dig @${server} +short +tries=1 +time=5 web.marathon.mesos`);

  wildcardTest.each([
    { why: 'of the loopback network', server: '127.0.0.9', route: undefined },
    {
      why: 'of a local route',
      server: '10.7.1.2',
      route: 'route add local 10.7.0.0/16 dev lo src 127.0.0.1',
    },
    { why: 'of IPv6', server: 'fd00:9::5', route: '-6 route add local fd00:9::/64 dev lo' },
  ])('an address on no interface answers as itself: one $why', async ({ server, route }) => {
    if (route) await run(`ip ${route}`);
    expect(await ask(server)).toBe('10.9.8.1');
  });

  wildcardTest.each([
    { address: '10.8.0.1/24', server: '10.8.0.1', before: '10.8.0.7/24' },
    { address: 'fd00:8::1/64', server: 'fd00:8::1', before: 'fd00:8::7/64' },
    { address: 'fe80::1/64', server: 'fe80::1%card0', before: 'fe80::7/64' },
  ])('$server answers at once when an interface gets it, and gets it again', async each => {
    // By its routes alone the kernel would answer from the address that was there before.
    await add(each.before);
    for (let time = 0; time < 2; time++) {
      await add(each.address);
      expect(await ask(each.server)).toBe('10.9.8.1');
      await run(`ip address del ${each.address} dev card0`);
    }
  });
});
