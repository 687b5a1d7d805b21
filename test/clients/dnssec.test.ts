import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { freePort } from '../../bench/measure/free-port.ts';
import { knownName } from '../../src/dns/index.ts';
import { type KeyAlgorithm, keyPem, signingKey } from '../../src/dnssec/index.ts';
import { end } from '../fakes/namespace.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';
import { untilTrue } from '../fakes/until-true.ts';

const run = promisify(execFile);
const SERVICES = [
  { name: 'web', instances: [['10.9.8.1'], ['10.9.8.2'], ['10.9.8.3', 'fd00::3']], ports: [31000] },
  { name: 'many', instances: Array.from({ length: 200 }, (_, index) => [`10.9.7.${index}`]) },
];

const POSITIVE = [
  'web.marathon.mesos A',
  'WEB.Marathon.Mesos A',
  'web.marathon.mesos AAAA',
  'many.marathon.mesos A',
  '_web._tcp.marathon.mesos SRV',
  'www.mesos A',
  'mesos SOA',
  'mesos NS',
  'mesos DNSKEY',
  'web.marathon.mesos NSEC',
];
const NEGATIVE = [
  'web.marathon.mesos TXT',
  'many.marathon.mesos AAAA',
  'mesos A',
  'marathon.mesos A',
  '_tcp.marathon.mesos SRV',
  'www.mesos TXT',
  'nothing.marathon.mesos A',
  'a.b.c.nothing.mesos AAAA',
  'web.marathon.mesos DS',
];

const realTest = testWith('delv', 'unbound', 'dig', 'drill');

describe.each(['ecdsap256sha256', 'ed25519'] as const)('a domain signed by %s', algorithm => {
  let product: ServedProduct;
  let folder: string;
  let anchors: ReturnType<typeof anchorsOf>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mesonym-dnssec-'));
    anchors = anchorsOf(folder, algorithm);
    const dnssecKeyFile = join(folder, 'key.pem');
    const aliases = { www: 'web.marathon' };
    const state = stateJson('127.0.0.1:5050', SERVICES);
    product = await serveProduct(state, { dnssecKeyFile, aliases, answerLimit: 2 });
  });
  afterAll(async () => {
    await product.close();
    rmSync(folder, { recursive: true });
  });

  const ask = async (program: string, ...words: readonly string[]) => {
    // Some end with 1 after an answer that says no.
    const { stdout, stderr } = await run(program, [...words]).catch(error => error);
    return `${stdout}${stderr}`;
  };
  const delv = (question: string, file: string) =>
    ask(
      'delv',
      '@127.0.0.1',
      '-p',
      String(product.port),
      '-a',
      file,
      '+root=mesos',
      ...question.split(' '),
    );

  realTest.each(POSITIVE)('delv validates %s', async question => {
    expect(await delv(question, anchors.delv)).toMatch(/^; fully validated/m);
  });

  realTest.each(NEGATIVE)('delv validates that there is no %s', async question => {
    const output = await delv(question, anchors.delv);
    expect(output).toMatch(/^; (negative response, )?fully validated/m);
    expect(output).toMatch(/ncache nxrrset/);
  });

  realTest('delv trusts nothing signed by another key', async () => {
    const output = await delv('web.marathon.mesos A', anchorsOf(folder, algorithm, 'other').delv);
    expect(output).toMatch(/broken trust chain|no valid/i);
  });

  realTest('drill follows the signatures from the anchor', async () => {
    const words = ['-k', anchors.plain, '-D', '-p', String(product.port), '@127.0.0.1'];
    const output = await ask('drill', ...words, 'web.marathon.mesos', 'A');
    expect(output).toMatch(/\sRRSIG\s+A\s/);
    expect(output).not.toMatch(/bogus/i);
  });

  realTest('unbound finds all of it secure, and nothing bogus', async () => {
    const port = await freePort();
    const file = join(folder, 'unbound.conf');
    writeFileSync(file, unboundConfig(folder, port, product.port, anchors.plain));
    const unbound = spawn(findProgram('unbound')!, ['-d', '-c', file], { stdio: 'ignore' });
    try {
      const words = ['@127.0.0.1', '-p', String(port), '+dnssec', '+tries=1'];
      await untilTrue('unbound answers', async () =>
        /status: NOERROR/.test(await ask('dig', ...words, 'mesos', 'SOA')),
      );
      const verdicts = new Map<string, string>();
      for (const question of [...POSITIVE, ...NEGATIVE]) {
        const output = await ask('dig', ...words, ...question.split(' '));
        const [, status, flags] = /status: (\w+)[\s\S]*?flags: ([a-z ]+);/.exec(output) ?? [];
        verdicts.set(question, `${status} ${flags?.includes('ad') ? 'secure' : output}`);
      }
      const secure = [...POSITIVE, ...NEGATIVE].map(question => [question, 'NOERROR secure']);
      expect(Object.fromEntries(verdicts)).toEqual(Object.fromEntries(secure));
    } finally {
      await end(unbound, 'SIGTERM');
    }
  });

  realTest('without DO a name that does not exist is NXDOMAIN, and nothing is signed', async () => {
    const words = ['@127.0.0.1', '-p', String(product.port)];
    expect(await ask('dig', ...words, 'nothing.mesos', 'A')).toMatch(/status: NXDOMAIN/);
    expect(await ask('dig', ...words, 'many.marathon.mesos', 'A')).toMatch(/ANSWER: 2,/);
    const made = await product.metric('mesonym_dnssec_signatures_total{outcome="made"}');
    const kept = await product.metric('mesonym_dnssec_signatures_total{outcome="kept"}');
    expect(kept).toBeGreaterThan(made);
    expect(await product.metric('mesonym_dns_hot_failures_total')).toBe(0);
  });
});

/** Makes a key, and the files by which validators trust it. */
function anchorsOf(folder: string, algorithm: KeyAlgorithm, name = 'key') {
  const pem = keyPem(algorithm);
  writeFileSync(join(folder, `${name}.pem`), pem);
  const { dnskeyLine } = signingKey(pem, knownName('mesos'));
  const [zone, , , flags, protocol, number, key] = dnskeyLine.split(' ');
  const plain = join(folder, `${name}.anchor`);
  writeFileSync(plain, `${dnskeyLine}\n`);
  const delv = join(folder, `${name}.conf`);
  const anchor = `"${zone}" static-key ${flags} ${protocol} ${number} "${key}";`;
  writeFileSync(delv, `trust-anchors { ${anchor} };\n`);
  return { plain, delv };
}

function unboundConfig(folder: string, port: number, ours: number, anchor: string): string {
  return `server:
  interface: 127.0.0.1@${port}
  port: ${port}
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: "${folder}/unbound.pid"
  use-syslog: no
  do-not-query-localhost: no
  qname-minimisation: yes
  aggressive-nsec: yes
  trust-anchor-file: "${anchor}"
  local-zone: "mesos." transparent
remote-control:
  control-enable: no
stub-zone:
  name: "mesos"
  stub-addr: 127.0.0.1@${ours}
`;
}
