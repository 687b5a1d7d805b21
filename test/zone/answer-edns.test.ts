import packet, { type DecodedPacket } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import type { ServingState } from '../../src/zone/index.ts';
import { a, answeringZone, ask, askOctets, queryOctets } from '../fakes/answering-zone.ts';

const records = [a('web.mesos', '10.0.0.1')];
const zone = answeringZone(records);
const SECRET = Uint8Array.from(Buffer.from('e5e973e5a6b2a43f48e7dc849e37bfcf', 'hex'));

interface Option {
  readonly code: number;
  readonly data: Buffer;
}
interface Opt {
  readonly udpPayloadSize: number;
  readonly extendedRcode: number;
  readonly flag_do: boolean;
  readonly options: readonly Option[];
}

const optOf = (response: DecodedPacket | undefined) =>
  response?.additionals?.find(({ type }) => type === 'OPT') as unknown as Opt | undefined;
const optionOf = (response: DecodedPacket | undefined, wanted: number) =>
  optOf(response)?.options.find(({ code }) => code === wanted)?.data;
const option = (code: number, hex = '') => ({ code, data: Buffer.from(hex, 'hex') });
const NSID = 3;
const KEEPALIVE = 11;
const COOKIE = 10;
const EXTENDED_ERROR = 15;

describe('OPT', () => {
  test.each([
    { why: 'not without one in the query', name: 'web.mesos', edns: undefined },
    { why: 'with an answer', name: 'web.mesos', edns: 1232 },
    { why: 'with NXDOMAIN', name: 'nope.mesos', edns: 1232 },
  ])('$why', ({ name, edns }) => {
    const opt = optOf(ask(zone, name, 'A', { edns }));
    expect(opt?.udpPayloadSize).toBe(edns);
    expect(opt?.options ?? []).toEqual([]);
  });

  test('copies DO', () => {
    const query = queryOctets('web.mesos', 'A', { edns: 1232 });
    query[query.length - 4] = 0x80;
    expect(optOf(packet.decode(Buffer.from(askOctets(zone, query)!)))?.flag_do).toBe(true);
  });

  test('BADVERS, without an answer, for a later version', () => {
    const query = queryOctets('web.mesos', 'A', { edns: 1232 });
    query[query.length - 5] = 1;
    const response = packet.decode(Buffer.from(askOctets(zone, query)!));
    expect(response).toMatchObject({ rcode: 'NOERROR', answers: [], flag_aa: false });
    expect(optOf(response)).toMatchObject({ extendedRcode: 1, udpPayloadSize: 1232 });
  });

  test('unknown options are ignored', () => {
    const response = ask(zone, 'web.mesos', 'A', {
      edns: 1232,
      options: [option(65_001, 'abcd'), option(8, '00010000'), option(COOKIE, '0011223344556677')],
    });
    expect(response?.answers).toHaveLength(1);
    expect(optOf(response)?.options).toEqual([]);
  });

  test('options that overrun their record are left to the slow path', () => {
    const query = queryOctets('web.mesos', 'A', { edns: 1232, options: [option(65_001, 'abcd')] });
    query[query.length - 3] = 9;
    expect(askOctets(zone, query)).toBeUndefined();
  });
});

describe('NSID and keepalive', () => {
  const named = answeringZone(records, { identity: Buffer.from('ns7'), tcpIdleMs: 10_000 });
  const asked = { edns: 1232, options: [option(NSID), option(KEEPALIVE)] };

  test('who we are, when asked', () => {
    expect(optionOf(ask(named, 'web.mesos', 'A', asked), NSID)?.toString()).toBe('ns7');
    expect(optionOf(ask(named, 'web.mesos', 'A', { edns: 1232 }), NSID)).toBeUndefined();
  });

  test('a name of ours that is too long leaves room for an answer all the same', () => {
    const long = `${'a.'.repeat(124)}mesos`;
    const wordy = answeringZone([a(long, '10.0.0.1')], {
      identity: Buffer.alloc(600, 'n'),
      cookieSecret: SECRET,
    });
    wordy.answers.serve({ kind: 'stale', ttlCapSeconds: 30 });
    const options = [option(NSID), option(COOKIE, '2464c4abcf10c957')];
    const response = ask(wordy, long, 'A', { edns: 512, options });
    expect(response?.answers).toHaveLength(1);
    expect(optionOf(response, NSID)).toHaveLength(128);
  });

  test('the idle time in tenths of a second by TCP, never by UDP', () => {
    expect(optionOf(ask(named, 'web.mesos', 'A', asked), KEEPALIVE)).toBeUndefined();
    named.client.isTcp = true;
    const keepalive = ask(named, 'web.mesos', 'A', asked);
    named.client.isTcp = false;
    const octets = Buffer.from(
      packet.encode({ type: 'query', additionals: keepalive?.additionals ?? [] }),
    );
    expect(octets.toString('hex')).toContain('000b00020064');
  });
});

describe('cookies', () => {
  const NOW = 1_559_731_985;
  const cookieZone = () => {
    const made = answeringZone(records, { cookieSecret: SECRET });
    made.client.octets = Uint8Array.of(198, 51, 100, 100);
    made.answers.setTime(NOW);
    return made;
  };

  test('RFC 9018 appendix A.1: learning a new server cookie', () => {
    const fresh = cookieZone();
    const response = ask(fresh, 'web.mesos', 'A', {
      edns: 4096,
      options: [option(COOKIE, '2464c4abcf10c957')],
    });
    expect(optionOf(response, COOKIE)?.toString('hex')).toBe(
      '2464c4abcf10c957010000005cf79f111f8130c3eee29480',
    );
    expect(fresh.client.hasValidCookie).toBe(false);
  });

  test('RFC 9018 appendix A.2: one 27 minutes old is echoed', () => {
    const later = cookieZone();
    later.answers.setTime(NOW + 1620);
    const cookie = '2464c4abcf10c957010000005cf79f111f8130c3eee29480';
    const asked = { edns: 4096, options: [option(COOKIE, cookie)] };
    expect(optionOf(ask(later, 'web.mesos', 'A', asked), COOKIE)?.toString('hex')).toBe(cookie);
    expect(later.client.hasValidCookie).toBe(true);
  });

  test('RFC 9018 appendix A.2: one 40 minutes old is good, and made anew', () => {
    const later = cookieZone();
    later.answers.setTime(1_559_734_385);
    const cookie = '2464c4abcf10c957010000005cf79f111f8130c3eee29480';
    const asked = { edns: 4096, options: [option(COOKIE, cookie)] };
    expect(optionOf(ask(later, 'web.mesos', 'A', asked), COOKIE)?.toString('hex')).toBe(
      '2464c4abcf10c957010000005cf7a871d4a564a1442aca77',
    );
    expect(later.client.hasValidCookie).toBe(true);
  });

  test('RFC 9018 appendix A.3: reserved octets are hashed as they came, and zero in what we make', () => {
    const other = cookieZone();
    other.client.octets = Uint8Array.of(203, 0, 113, 203);
    const cookie = 'fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5';
    const asked = { edns: 4096, options: [option(COOKIE, cookie)] };
    other.answers.setTime(0x5cf78f71 + 60);
    ask(other, 'web.mesos', 'A', asked);
    expect(other.client.hasValidCookie).toBe(true);
    other.answers.setTime(1_559_734_700);
    expect(optionOf(ask(other, 'web.mesos', 'A', asked), COOKIE)?.toString('hex')).toBe(
      'fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e',
    );
  });

  test('RFC 9018 appendix A.4: IPv6', () => {
    const six = answeringZone(records, {
      cookieSecret: Uint8Array.from(Buffer.from('445536bcd2513298075a5d379663c962', 'hex')),
    });
    six.client.octets = Uint8Array.from(Buffer.from('20010db80220000159ded0f4876982b8', 'hex'));
    six.client.length = 16;
    six.answers.setTime(1_559_741_961);
    const asked = {
      edns: 4096,
      options: [option(COOKIE, '22681ab97d52c298010000005cf7c57926556bd0934c72f8')],
    };
    expect(optionOf(ask(six, 'web.mesos', 'A', asked), COOKIE)?.toString('hex')).toBe(
      '22681ab97d52c298010000005cf7c609a6bb79d16625507a',
    );
  });

  const good = '2464c4abcf10c957010000005cf79f111f8130c3eee29480';
  test.each([
    {
      why: 'made anew after half an hour',
      cookie: good,
      later: 1801,
      isEchoed: false,
      isValid: true,
    },
    {
      why: 'no longer good after an hour',
      cookie: good,
      later: 3601,
      isEchoed: false,
      isValid: false,
    },
    { why: 'not yet good', cookie: good, later: -301, isEchoed: false, isValid: false },
    {
      why: 'good on a clock a little behind',
      cookie: good,
      later: -299,
      isEchoed: true,
      isValid: true,
    },
    {
      why: 'not ours',
      cookie: good.replace(/.$/, '1'),
      later: 0,
      isEchoed: false,
      isValid: false,
    },
    {
      why: 'of another form',
      cookie: `${good}00`,
      later: 0,
      isEchoed: false,
      isValid: false,
    },
  ])('a server cookie is $why', ({ cookie, later, isEchoed, isValid }) => {
    const made = cookieZone();
    made.answers.setTime(NOW + later);
    const asked = { edns: 4096, options: [option(COOKIE, cookie)] };
    const sent = optionOf(ask(made, 'web.mesos', 'A', asked), COOKIE)?.toString('hex');
    expect(sent).toHaveLength(48);
    expect(sent === cookie).toBe(isEchoed);
    expect(made.client.hasValidCookie).toBe(isValid);
  });

  test('a cookie of a wrong length is left to the slow path', () => {
    const asked = { edns: 4096, options: [option(COOKIE, '2464c4ab')] };
    expect(ask(cookieZone(), 'web.mesos', 'A', asked)).toBeUndefined();
  });

  test('the proof is forgotten with the next query', () => {
    const made = cookieZone();
    ask(made, 'web.mesos', 'A', { edns: 4096, options: [option(COOKIE, good)] });
    ask(made, 'web.mesos', 'A');
    expect(made.client.hasValidCookie).toBe(false);
  });
});

describe('how sure we are of the zone', () => {
  const serving = (state: ServingState) => {
    const made = answeringZone(records);
    made.answers.serve(state);
    return made;
  };
  const NOT_READY = '000e';
  const STALE = '0003';

  test.each([
    { kind: 'starting', name: 'web.mesos', rcode: 'SERVFAIL', error: NOT_READY },
    { kind: 'starting', name: 'mesos', rcode: 'SERVFAIL', error: NOT_READY },
    { kind: 'recovering', name: 'web.mesos', rcode: 'NOERROR', error: undefined },
    { kind: 'recovering', name: 'nope.mesos', rcode: 'SERVFAIL', error: NOT_READY },
    { kind: 'live', name: 'nope.mesos', rcode: 'NXDOMAIN', error: undefined },
    { kind: 'stale', name: 'web.mesos', rcode: 'NOERROR', error: STALE },
    { kind: 'stale', name: 'nope.mesos', rcode: 'NXDOMAIN', error: STALE },
  ] as const)('$kind: $name is $rcode', ({ kind, name, rcode, error }) => {
    const state = kind === 'stale' ? { kind, ttlCapSeconds: 30 } : { kind };
    const response = ask(serving(state), name, 'A', { edns: 1232 });
    expect(response).toMatchObject({ rcode, flag_aa: rcode !== 'SERVFAIL' });
    const data = optionOf(response, EXTENDED_ERROR);
    expect(data?.toString('hex')).toBe(error);
  });

  test('stale answers have capped TTLs, negative ones their own', () => {
    const stale = serving({ kind: 'stale', ttlCapSeconds: 30 });
    expect(ask(stale, 'web.mesos', 'A')?.answers).toMatchObject([{ ttl: 30 }]);
    expect(ask(stale, 'nope.mesos', 'A')?.authorities).toMatchObject([{ ttl: 10 }]);
    stale.answers.serve({ kind: 'live' });
    expect(ask(stale, 'web.mesos', 'A')?.answers).toMatchObject([{ ttl: 60 }]);
  });

  test('outside names are nobody’s business before the start either', () => {
    expect(ask(serving({ kind: 'starting' }), 'example.org', 'A')).toBeUndefined();
  });
});
