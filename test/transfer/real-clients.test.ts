import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type FollowedZone, startFollowedZone } from '../fakes/followed-zone.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { output, untilTrue, zoneBy } from '../fakes/real-secondaries.ts';

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
      expect(await zoneBy(program, primary.port, ['-y', key])).toEqual(await primary.zone());
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
    expect(await zoneBy('dig', primary.port, ['-y', FIRST])).toEqual(zone);
  });

  realTest('differences by UDP are signed once, in one message', async () => {
    const [authority] = await primary.zone();
    const said = await ask('dig', '-y', FIRST, '+notcp', 'mesos', `IXFR=${oldSerial}`);
    expect(said.match(/ANY\s+TSIG/g)).toHaveLength(1);
    expect(said).not.toMatch(COMPLAINT);
    expect(said.replaceAll(/\s+/g, ' ')).toContain(authority);
    expect(said).toMatch(/\(UDP\)/);
  });

  realTest('differences that do not fit a datagram send the client to TCP', async () => {
    const first = (await primary.zone())[0].split(' ')[6];
    await primary.cluster.scale('/search', 1);
    await primary.cluster.scale('/search', 25);
    await untilTrue('the zone has changed', async () => (await primary.zone()).length > 150);
    const words = ['-y', FIRST, '+notcp', '+bufsize=512', 'mesos', `IXFR=${first}`];
    const said = await ask('kdig', ...words);
    expect(said).not.toMatch(COMPLAINT);
    expect(said.match(/\sSOA\s/g)).toHaveLength(1);
    const { 'needs-tcp': tooLong } = await primary.transfers();
    expect(tooLong).toBeGreaterThan(0);
  });

  realTest.each(
    [FIRST, ...OTHERS].flatMap(key => ['+notcp', '+tcp'].map(transport => ({ key, transport }))),
  )('an ordinary query that is signed gets a signed answer ($key, $transport)', async each => {
    for (const program of ['dig', 'kdig']) {
      const words = ['-y', each.key, each.transport, 'leader.mesos', 'A'];
      const said = await ask(program, ...words);
      expect(said, program).toMatch(/status: NOERROR/);
      expect(said, program).toMatch(/\sTSIG\s/);
      expect(said, program).not.toMatch(COMPLAINT);
    }
  });

  realTest.each(['+notcp', '+tcp'])(
    'an ordinary query with a wrong secret gets no answer (%s)',
    async transport => {
      const wrong = 'hmac-sha256:by-hmac-sha256:AAAA';
      const said = await ask('kdig', '-y', wrong, transport, 'leader.mesos', 'A');
      expect(said).toMatch(/status: BADSIG/);
      expect(said).not.toMatch(/\sIN\s+A\s+\d/);
    },
  );

  realTest('who takes the zone is seen by name, with what it asked for and got', async () => {
    await ask('dig', '-y', FIRST, 'mesos', 'AXFR');
    const serial = Number((await primary.zone())[0].split(' ')[6]);
    const [report] = await primary.secondaries();
    expect(report).toMatchObject({
      address: '192.0.2.1',
      name: 'ns2.mesos.',
      lastTransfer: { outcome: 'axfr', transport: 'tcp', sentSerial: serial },
    });
    await ask('dig', '-y', FIRST, '+notcp', 'mesos', `IXFR=${serial}`);
    const [{ lastTransfer }] = await primary.secondaries();
    expect(lastTransfer).toMatchObject({
      outcome: 'up-to-date',
      transport: 'udp',
      askedSerial: serial,
      sentSerial: serial,
    });
    const metrics = await (await fetch(`${primary.http}/metrics`)).text();
    const series = 'mesonym_secondary_transferred_serial{secondary="192.0.2.1:53"}';
    expect(metrics).toContain(`${series} ${serial}\n`);
    expect(metrics).toMatch(/mesonym_secondary_transfer_timestamp_seconds\{secondary="192\.0/);
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
