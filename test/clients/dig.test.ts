import { afterAll, beforeAll, describe, expect } from 'vitest';
import { testAsRoot } from '../fakes/real-programs.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const SERVICES = [
  { name: 'web', instances: [['10.9.8.1'], ['10.9.8.2'], ['10.9.8.3']], ports: [31000] },
  { name: 'many', instances: Array.from({ length: 100 }, (_, index) => [`10.9.7.${index + 1}`]) },
];

const linuxTest = testAsRoot('unshare', 'nsenter', 'dig', 'kdig', 'ip');

describe('dig and kdig', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    namespace = await serveInNamespace(SERVICES, { listeners: ['0.0.0.0', '::'] }, ['10.9.5.5/24']);
  });
  afterAll(() => namespace.close());

  const transports = [
    { how: 'UDP', options: [] },
    { how: 'TCP', options: ['+tcp'] },
    { how: 'UDP without EDNS', options: ['+noedns'] },
  ];
  const servers = ['127.0.0.1', '::1', '10.9.5.5'];
  const programs = ['dig', 'kdig'];
  const cases = programs.flatMap(program =>
    transports.flatMap(transport => servers.map(server => ({ program, server, ...transport }))),
  );

  linuxTest.each(cases)('$program at $server over $how', async ({ program, server, options }) => {
    const ask = (name: string, type: string) =>
      namespace.run(program, `@${server}`, ...options, '+short', name, type);
    const { output } = await ask('web.marathon.mesos', 'A');
    expect(output.trim().split('\n').sort()).toEqual(['10.9.8.1', '10.9.8.2', '10.9.8.3']);
    const services = await ask('_web._tcp.marathon.mesos', 'SRV');
    expect(services.output.trim().split('\n')).toHaveLength(3);
    expect(services.output).toMatch(/^0 1 31000 web-[a-z0-9]{5}-s\d\.marathon\.slave\.mesos\.$/m);
  });

  linuxTest.each(cases)('$program at $server over $how gets 100 instances', async row => {
    const { program, server, options } = row;
    const words = [`@${server}`, ...options, '+short', 'many.marathon.mesos'];
    const { output } = await namespace.run(program, ...words);
    expect(new Set(output.match(/^10\.9\.7\.\d+$/gm)).size).toBe(100);
  });

  linuxTest('a truncated response has as many instances as fit', async () => {
    const words = ['@127.0.0.1', '+ignore', 'many.marathon.mesos'];
    const { output } = await namespace.run('dig', ...words);
    expect(output).toMatch(/;; flags: qr aa tc /);
    // 1232 octets less header, question and OPT with a cookie; 16 an address.
    expect(output.match(/\sIN\sA\s10\.9\.7\./g)).toHaveLength(72);
  });

  linuxTest('the first address changes from answer to answer', async () => {
    const firsts = new Set<string>();
    for (let round = 0; round < 40; round++) {
      const { output } = await namespace.run('dig', '@127.0.0.1', '+short', 'web.marathon.mesos');
      firsts.add(output.split('\n')[0]);
    }
    expect([...firsts].sort()).toEqual(['10.9.8.1', '10.9.8.2', '10.9.8.3']);
  });

  linuxTest('a name that is there without the type asked is NOERROR with the SOA', async () => {
    const { output } = await namespace.run('dig', '@127.0.0.1', 'marathon.mesos', 'TXT');
    expect(output).toMatch(/status: NOERROR/);
    expect(output).toMatch(/^mesos\.\s+10\s+IN\s+SOA\s/m);
  });
});
