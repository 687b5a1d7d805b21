import packet from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Client, Octets } from '../../src/dns/index.ts';
import {
  chaosHandler,
  firstOf,
  HANDLER_COUNTERS,
  type Handler,
  opcodeHandler,
  refuseHandler,
  slowPath,
  zoneHandler,
} from '../../src/handlers/index.ts';
import { makeCounters, quietLog } from '../../src/runtime/index.ts';
import { a, answeringZone, ORIGIN, queryOctets, srv } from '../fakes/answering-zone.ts';
import { hostileQuery } from '../fakes/hostile-query.ts';

const UDP: Client = { address: '10.0.0.1', port: 5353, transport: 'udp' };
const zone = answeringZone([
  a('web.marathon.mesos', '10.0.0.1'),
  srv('_web._tcp.marathon.mesos', 80, 'web.marathon.mesos'),
]);

function serving(...handlers: readonly Handler[]) {
  const counters = makeCounters(HANDLER_COUNTERS);
  const slow = slowPath(firstOf(...handlers), counters, quietLog());
  const answer = async (octets: Octets) => await slow(octets, UDP, 1232);
  const ask = async (octets: Octets) => {
    const response = await answer(octets);
    return response && packet.decode(Buffer.from(response));
  };
  return {
    answer,
    ask,
    count: (name: keyof typeof counters.slot) => counters.values[counters.slot[name]],
  };
}

const whole = () =>
  serving(
    opcodeHandler,
    chaosHandler('mesonym 1.0'),
    zoneHandler(ORIGIN, zone.answers, zone.client),
    refuseHandler,
  );

/** A query with its class replaced. */
function ofClass(rrClass: number, name: string, type: string, edns?: number): Octets {
  const octets = queryOctets(name, type, { edns });
  const classAt = octets.length - (edns === undefined ? 1 : 12);
  octets[classAt] = rrClass;
  return octets;
}

const CH = 3;
const ANY = 255;

describe('who answers what', () => {
  test.each([
    { why: 'outside names', octets: queryOctets('example.org', 'A'), rcode: 'REFUSED' },
    { why: 'transfers', octets: queryOctets('mesos', 'AXFR'), rcode: 'REFUSED' },
    {
      why: 'class CH of our zone',
      octets: ofClass(CH, 'web.marathon.mesos', 'A'),
      rcode: 'REFUSED',
    },
    { why: 'other names of CH', octets: ofClass(CH, 'hostname.bind', 'TXT'), rcode: 'REFUSED' },
    { why: 'NOTIFY', octets: queryOctets('mesos', 'SOA', { flags: 0x2000 }), rcode: 'NOTIMP' },
    { why: 'UPDATE', octets: queryOctets('mesos', 'SOA', { flags: 0x2800 }), rcode: 'NOTIMP' },
    { why: 'STATUS', octets: queryOctets('x.org', 'A', { flags: 0x1000 }), rcode: 'NOTIMP' },
    {
      why: 'two questions',
      octets: Uint8Array.from(queryOctets('mesos', 'A')).fill(2, 5, 6),
      rcode: 'FORMERR',
    },
  ])('$rcode: $why', async ({ octets, rcode }) => {
    const response = await whole().ask(octets);
    expect(response).toMatchObject({ id: 7, rcode, flag_aa: false, flag_qr: true, answers: [] });
    if (rcode !== 'FORMERR') expect(response?.questions).toHaveLength(1);
  });

  test('class ANY means ours, and the question keeps it', async () => {
    const response = await whole().ask(ofClass(ANY, 'web.marathon.mesos', 'A'));
    expect(response).toMatchObject({
      rcode: 'NOERROR',
      flag_aa: true,
      questions: [{ class: 'ANY' }],
      answers: [{ data: '10.0.0.1', class: 'IN' }],
    });
  });

  test('the view of the client is as before: a batch may be half answered', async () => {
    const before = { ...zone.client, octets: Uint8Array.of(9, 9, 9, 9), at: 0 };
    Object.assign(zone.client, before);
    await whole().answer(ofClass(ANY, 'web.marathon.mesos', 'A'));
    expect(zone.client).toEqual(before);
  });

  test('records that do not belong in a query do not matter', async () => {
    const query = packet.encode({
      type: 'query',
      id: 7,
      questions: [{ name: 'web.marathon.mesos', type: 'A' }],
      answers: [{ name: 'web.marathon.mesos', type: 'A', data: '1.2.3.4' }],
    });
    expect(await whole().ask(query)).toMatchObject({ answers: [{ data: '10.0.0.1' }] });
  });

  test.each(['version.bind', 'VERSION.server'])('%s tells the version', async name => {
    const response = await whole().ask(ofClass(CH, name, 'TXT', 1232));
    expect(response).toMatchObject({
      flag_aa: true,
      answers: [{ name, type: 'TXT', class: 'CH', ttl: 0, data: [Buffer.from('mesonym 1.0')] }],
      additionals: [{ type: 'OPT' }],
    });
  });

  test('without a version there is nothing to tell', async () => {
    const shy = serving(chaosHandler(undefined), refuseHandler);
    expect(await shy.ask(ofClass(CH, 'version.bind', 'TXT'))).toMatchObject({ rcode: 'REFUSED' });
  });
});

describe('when things go wrong', () => {
  const broken = {
    throws: (): Octets => {
      throw new Error('no');
    },
    rejects: () => Promise.reject(new Error('no')),
  };

  test.each(['throws', 'rejects'] as const)('SERVFAIL from a handler that %s', async how => {
    const { ask, count } = serving(broken[how]);
    expect(await ask(queryOctets('x.org', 'A', { edns: 1232 }))).toMatchObject({
      rcode: 'SERVFAIL',
      additionals: [{ type: 'OPT' }],
    });
    expect(count('handler_failed')).toBe(1);
  });

  test('silence when nobody takes the query', async () => {
    const { answer, count } = serving();
    expect(await answer(queryOctets('x.org', 'A'))).toBeUndefined();
    expect(count('unhandled')).toBe(1);
  });

  test('BADVERS before any handler', async () => {
    const { ask, count } = serving(broken.throws);
    const query = queryOctets('x.org', 'A', { edns: 1232 });
    query[query.length - 5] = 1;
    expect(await ask(query)).toMatchObject({ additionals: [{ type: 'OPT', extendedRcode: 1 }] });
    expect(count('bad_version')).toBe(1);
  });

  test('FORMERR with an OPT record when options cannot be read (RFC 6891 section 7)', async () => {
    const options = [{ code: 10, data: Buffer.from('seven!!') }];
    expect(await whole().ask(queryOctets('x.org', 'A', { edns: 1232, options }))).toMatchObject({
      rcode: 'FORMERR',
      questions: [{ name: 'x.org' }],
      additionals: [{ type: 'OPT' }],
    });
  });

  test('a refusal tells why to those who understand it', async () => {
    const response = await whole().answer(queryOctets('x.org', 'A', { edns: 1232 }));
    expect(Buffer.from(response!).toString('hex')).toMatch(/000f00020014$/);
  });
});

test('any octets: silence or a response with their id, by either path', async () => {
  const { answer } = whole();
  await fc.assert(
    fc.asyncProperty(hostileQuery, async octets => {
      const room = new Uint8Array(1232);
      const length = zone.answers.answerInto(octets, 0, octets.length, room, 0, room.length);
      const response = length > 0 ? room.subarray(0, length) : await answer(octets);
      const mayAnswer = octets.length >= 12 && octets[2] < 0x80;
      expect(response !== undefined).toBe(mayAnswer);
      if (response === undefined) return;
      expect([response[0], response[1], response[2] & 0xf8]).toEqual([
        octets[0],
        octets[1],
        0x80 | (octets[2] & 0x78),
      ]);
      expect(packet.decode(Buffer.from(response)).type).toBe('response');
    }),
    { numRuns: 2000 },
  );
});
