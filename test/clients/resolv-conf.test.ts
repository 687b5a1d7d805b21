import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { findProgram, testAsRoot } from '../fakes/real-programs.ts';
import { PROJECT } from '../paths.ts';
import { clientSettings } from './client-settings.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const SERVICES = [
  { name: 'web', instances: [['10.9.8.1', 'fd09::1'], ['10.9.8.2']] },
  { name: 'four', instances: [['10.9.8.4']] },
  { name: 'six', instances: [['fd09::6']] },
  { name: 'many', instances: Array.from({ length: 100 }, (_, index) => [`10.9.7.${index + 1}`]) },
];

/** The C libraries of Linux, and what makes a program that uses them. */
const LIBRARIES = [
  { library: 'glibc', compiler: 'gcc', options: [] },
  { library: 'musl', compiler: 'musl-gcc', options: ['-static'] },
];

/** The two servers of the example; the second lone one shows what a dead first one costs. */
const SERVERS = [
  { state: 'both servers up', listeners: ['10.0.0.1', '10.0.0.2'] },
  { state: 'the first server down', listeners: ['10.0.0.2'] },
];

describe.each(SERVERS)('config/clients/resolv.conf, $state', ({ listeners }) => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    const addresses = ['10.0.0.1/24', '10.0.0.2/24', '10.9.5.5/24', 'fd09:5::5/64'];
    namespace = await serveInNamespace(SERVICES, { listeners }, addresses);
    namespace.setResolvConf(clientSettings('resolv.conf'));
  });
  afterAll(() => namespace.close());

  describe.each(LIBRARIES)('with $library', ({ library, compiler, options }) => {
    const libraryTest = testAsRoot('unshare', 'nsenter', 'ip', compiler);
    const folder = mkdtempSync(join(tmpdir(), 'mesonym-look-up-'));
    const lookUpProgram = join(folder, 'look-up');
    beforeAll(() => {
      const source = join(PROJECT, 'test/clients/look-up.c');
      execFileSync(findProgram(compiler)!, [...options, '-o', lookUpProgram, source]);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const lookUp = async (family: '4' | '6' | 'any', name: string) => {
      const { output } = await namespace.run(lookUpProgram, family, name);
      return output.trim().split('\n').sort();
    };

    libraryTest.each([
      {
        why: 'both families',
        name: 'web.marathon.mesos',
        found: ['10.9.8.1', '10.9.8.2', 'fd09::1'],
      },
      { why: 'short names', name: 'web', found: ['10.9.8.1', '10.9.8.2', 'fd09::1'] },
      { why: 'names without IPv6', name: 'four.marathon.mesos', found: ['10.9.8.4'] },
      { why: 'names without IPv4', name: 'six.marathon.mesos', found: ['fd09::6'] },
    ])('finds $why', async ({ name, found }) => {
      expect(await lookUp('any', name)).toEqual(found);
    });

    libraryTest('is told that a name does not exist', async () => {
      const [error] = await lookUp('any', 'absent.marathon.mesos');
      expect(error).toMatch(/^Name (does not resolve|or service not known)$/);
    });

    libraryTest('finds 100 instances', async () => {
      const seen = new Set<string>();
      let most = 0;
      for (let round = 0; round < 60 && seen.size < 100; round++) {
        const found = await lookUp('4', 'many.marathon.mesos');
        most = Math.max(most, found.length);
        for (const address of found) seen.add(address);
      }
      expect(seen.size).toBe(100);
      // musl 1.2.3 knows no TCP: a part of them each time, as many as 512 octets hold.
      expect(most).toBe(library === 'glibc' ? 100 : 29);
    });
  });
});
