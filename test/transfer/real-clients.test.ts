import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type FollowedZone, startFollowedZone } from '../fakes/followed-zone.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { output, zoneBy } from '../fakes/real-secondaries.ts';

const SECRET = 'Y2hhbmdlIHRoaXMgc2VjcmV0IGJlZm9yZSB1c2Uu';
const ALGORITHMS = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;
const KEYS = ALGORITHMS.map(algorithm => ({ name: `by-${algorithm}`, algorithm, secret: SECRET }));
/** What `-y` of dig and kdig wants. */
const [FIRST, ...OTHERS] = KEYS.map(({ name, algorithm }) => `${algorithm}:${name}:${SECRET}`);

/** What a program says about a message it does not like. */
const COMPLAINT = /fail|(?<!NO)error|warn|couldn't/i;

const realTest = testWith('dig', 'kdig', 'drill', 'nsupdate');

describe('transfers, read by others', () => {
  let primary: FollowedZone;
  let oldSerial: string;
  beforeAll(async () => {
    const secondaries = KEYS.map(({ name }) => ({
      address: '192.0.2.1',
      name: 'ns2.mesos',
      key: name,
      notify: false,
    }));
    primary = await startFollowedZone(1, { tsigKeys: KEYS, secondaries });
    oldSerial = (await primary.zone())[0].split(' ')[6];
    await primary.churn(3);
  });
  afterAll(() => primary.close());

  const ask = (program: string, ...words: string[]) =>
    output(program, ['@127.0.0.1', '-p', `${primary.port}`, ...words]);

  const signed = (['dig', 'kdig'] as const).flatMap(program =>
    [FIRST, ...OTHERS].map(key => ({ program, key })),
  );

  realTest.each(signed)(
    '$program takes the whole zone, signed by $key',
    async ({ program, key }) => {
      expect(await zoneBy(program, primary.port, '-y', key)).toEqual(await primary.zone());
      expect(await ask(program, '-y', key, 'mesos', 'AXFR')).not.toMatch(COMPLAINT);
    },
  );

  realTest('drill takes the whole zone', async () => {
    const key = `${KEYS[0].name}:${SECRET}:hmac-sha256`;
    const said = await output('drill', [
      '-p',
      `${primary.port}`,
      '-y',
      key,
      '@127.0.0.1',
      'AXFR',
      'mesos',
    ]);
    const lines = said.split('\n').filter(line => /\sIN\s/.test(line));
    const zone = await primary.zone();
    expect(new Set(lines.map(line => line.replaceAll(/\s+/g, ' ')))).toEqual(new Set(zone));
  });

  realTest.each(['dig', 'kdig'])('%s takes the differences alone', async program => {
    const said = await ask(program, '-y', FIRST, 'mesos', `IXFR=${oldSerial}`);
    expect(said).not.toMatch(COMPLAINT);
    expect(said.match(/\sSOA\s/g)?.length).toBeGreaterThan(3);
    expect(said.split('\n').length).toBeLessThan((await primary.zone()).length);
  });

  realTest('differences outlive a reload of the config', async () => {
    await primary.reload({ notifyGapSeconds: 2 });
    const zone = await primary.zone();
    const said = await ask('dig', '-y', FIRST, 'mesos', `IXFR=${oldSerial}`);
    expect(said).not.toMatch(COMPLAINT);
    expect(said.match(/\sSOA\s/g)).toHaveLength(4);
    expect(said.replaceAll(/\s+/g, ' ')).toContain(zone[0]);
    expect(await zoneBy('dig', primary.port, '-y', FIRST)).toEqual(zone);
  });

  realTest('differences by UDP are signed once, in one message', async () => {
    const [authority] = await primary.zone();
    const said = await ask('dig', '-y', FIRST, '+notcp', 'mesos', `IXFR=${oldSerial}`);
    expect(said.match(/ANY\s+TSIG/g)).toHaveLength(1);
    expect(said).not.toMatch(COMPLAINT);
    expect(said.replaceAll(/\s+/g, ' ')).toContain(authority);
    expect(said).toMatch(/\(UDP\)/);
  });

  realTest('the whole zone by UDP is refused', async () => {
    const said = await ask('kdig', '-y', FIRST, '+notcp', 'mesos', 'AXFR');
    expect(said).toMatch(/REFUSED/);
    expect(said).not.toMatch(/malformed|\sIN\s+A\s/);
  });

  realTest.each([
    { why: 'who has no key', words: [], reason: 'REFUSED' },
    { why: 'an unknown key', words: ['-y', `hmac-sha256:other:${SECRET}`], reason: 'BADKEY' },
    { why: 'a wrong secret', words: ['-y', 'hmac-sha256:by-hmac-sha256:AAAA'], reason: 'BADSIG' },
  ])('$why gets $reason and no record', async ({ words, reason }) => {
    const said = await ask('kdig', ...words, 'mesos', 'AXFR');
    expect(said).toMatch(new RegExp(reason));
    expect(said).not.toMatch(/\sIN\s+(A|SRV|SOA)\s/);
  });

  realTest('the secondaries stand beside us in the NS records, with their addresses', async () => {
    const said = await ask('dig', '+short', 'mesos', 'NS');
    expect(said.trim().split('\n').toSorted()).toEqual(['ns1.mesos.', 'ns2.mesos.']);
    expect(await ask('dig', 'mesos', 'NS')).toMatch(/ns2\.mesos\.\s+60\s+IN\s+A\s+192\.0\.2\.1/);
  });

  realTest.each(['+notcp', '+tcp'])(
    'a SOA query says when the zone expires (%s)',
    async transport => {
      const seconds = (await primary.zone())[0].split(' ')[9];
      const said = await ask('dig', transport, '+expire', 'mesos', 'SOA');
      expect(said).toMatch(new RegExp(`EXPIRE: ${seconds}\\b`));
      expect(await ask('dig', transport, '+expire', 'leader.mesos', 'A')).not.toMatch(/EXPIRE/);
    },
  );

  realTest.each(
    ['+notcp', '+tcp'].flatMap(transport =>
      ['NOTIFY', 'UPDATE'].map(opcode => ({ opcode, transport })),
    ),
  )('$opcode is not implemented ($transport)', async ({ opcode, transport }) => {
    const said = await ask('dig', transport, `+opcode=${opcode}`, 'mesos', 'SOA');
    expect(said).toMatch(/status: NOTIMP/);
  });

  realTest.each([[], ['-v'], ['-y', FIRST]])('nsupdate changes nothing (%s)', async (...words) => {
    const child = spawn(findProgram('nsupdate')!, words, { stdio: ['pipe', 'ignore', 'pipe'] });
    const said = text(child.stderr);
    child.stdin.end(
      `server 127.0.0.1 ${primary.port}\nzone mesos\nupdate add x.mesos 60 A 10.0.0.1\nsend\n`,
    );
    expect(await said).toMatch(/NOTIMP/);
  });
});
