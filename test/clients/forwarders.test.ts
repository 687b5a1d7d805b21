import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { BY_NAME } from '../fakes/certificates.ts';
import { end } from '../fakes/namespace.ts';
import { testAsRoot } from '../fakes/real-programs.ts';
import { untilTrue } from '../fakes/until-true.ts';
import { FORWARDERS, type Forwarder } from './forwarders.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const SERVICES = [
  { name: 'web', instances: [['10.9.8.1', 'fd09::1'], ['10.9.8.2']], ports: [31000] },
  { name: 'four', instances: [['10.9.8.4']] },
  { name: 'many', instances: Array.from({ length: 100 }, (_, index) => [`10.9.7.${index + 1}`]) },
];

/** The example's two servers are this namespace's own addresses, so the settings stand as they are. */
const OURS = ['10.0.0.1', '10.0.0.2'];
const ADDRESSES = [...OURS, '10.9.5.5'].map(address => `${address}/24`);

const listeningAt = (listeners: readonly string[]) => ({
  listeners,
  tlsListeners: listeners,
  tlsCertFile: BY_NAME.certificatePath,
  tlsKeyFile: BY_NAME.keyPath,
});

const testOf = ({ program }: Forwarder) =>
  testAsRoot('unshare', 'nsenter', 'ip', 'dig', 'getent', program);

/** Starts one, and waits until it answers. */
async function startForwarder(namespace: ServedNamespace, { ready, at, command }: Forwarder) {
  const child = await namespace.start(ready, ...command(namespace.folder));
  await untilTrue(`${at} answers`, async () => {
    const { output } = await namespace.run('dig', `@${at}`, '+short', 'mesos', 'SOA');
    return output.startsWith('ns1.mesos. ');
  });
  return child;
}

describe('a forwarder on the machine', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    namespace = await serveInNamespace(SERVICES, listeningAt(OURS), ADDRESSES);
  });
  afterAll(() => namespace.close());

  describe.each(FORWARDERS)('$program $how', forwarder => {
    const forwarderTest = testOf(forwarder);
    let child: ChildProcess;
    beforeAll(async () => {
      child = await startForwarder(namespace, forwarder);
    });
    afterAll(() => end(child));

    const ask = async (name: string, type: string) => {
      const { output } = await namespace.run('dig', `@${forwarder.at}`, '+tries=1', name, type);
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
      namespace.setResolvConf(`nameserver ${forwarder.at}\n`);
      const { output } = await namespace.run('getent', 'ahostsv4', 'web.marathon.mesos');
      expect(new Set(output.match(/^\S+/gm))).toEqual(new Set(['10.9.8.1', '10.9.8.2']));
    });
  });
});

describe('with one of our two servers down', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    namespace = await serveInNamespace(SERVICES, listeningAt([OURS[1]]), ADDRESSES);
  });
  afterAll(() => namespace.close());

  for (const forwarder of FORWARDERS) {
    testOf(forwarder)(`${forwarder.program} ${forwarder.how} asks the other`, async () => {
      const child = await startForwarder(namespace, forwarder);
      const { output } = await namespace.run('dig', `@${forwarder.at}`, 'four.marathon.mesos');
      await end(child);
      expect(output).toMatch(/^four\.marathon\.mesos\.\s\d+\sIN\sA\s10\.9\.8\.4$/m);
    });
  }
});
