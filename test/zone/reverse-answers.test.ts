import packet from 'dns-packet';
import { expect, test } from 'vitest';
import {
  clientView,
  ipAddress,
  knownName,
  type ResourceRecord,
  reverseName,
} from '../../src/dns/index.ts';
import { makeCounters, seededRandom } from '../../src/runtime/index.ts';
import {
  CurrentZone,
  deltaSteps,
  ReverseAnswers,
  type ServingState,
  ZONE_COUNTERS,
} from '../../src/zone/index.ts';
import { type Asked, queryOctets, SETTINGS, SOA } from '../fakes/answering-zone.ts';

const TEN = knownName('10.in-addr.arpa');
const FD = knownName('d.f.ip6.arpa');
const SERIAL = 1_700_000_000;

function ptr(address: string, target: string): ResourceRecord {
  return { type: 'PTR', owner: reverseName(ipAddress(address)!), target: knownName(target) };
}

function answering(records: readonly ResourceRecord[], state: ServingState = { kind: 'live' }) {
  const counters = makeCounters(ZONE_COUNTERS);
  const client = clientView();
  const parts = { client, random: seededRandom(1), counters, mayRecurse: () => true };
  const reverse = new ReverseAnswers([TEN, FD], { settings: SETTINGS, ...parts }, 1);
  const zones = [TEN, FD].map(origin => new CurrentZone({ origin, soa: SOA }));
  const publish = (all: readonly ResourceRecord[]) => {
    for (const current of zones) {
      const { origin } = current.zone;
      const own = all.filter(({ owner }) => owner.endsWith(origin));
      const delta = current.publish(new Map([['test', own]]), SERIAL);
      for (const step of delta ? deltaSteps(delta) : []) reverse.tableOf(origin)?.applyStep(step);
    }
  };
  publish(records);
  reverse.serve(state);
  reverse.setTime(SERIAL);
  const ask = (name: string, type = 'PTR', asked: Asked = {}) => {
    const query = queryOctets(name, type, asked);
    const room = new Uint8Array(1232);
    const length = reverse.answerInto(query, 0, query.length, room, 0, room.length);
    if (length <= 0) return undefined;
    const response = packet.decode(Buffer.from(room.subarray(0, length)));
    // The types of dns-packet do not know what it decodes.
    return response as typeof response & { readonly rcode: string };
  };
  return { ask, publish, counters, client };
}

const records = [
  ptr('10.0.0.7', 'slave.mesos'),
  ptr('10.2.3.4', 'web-iffe9-s1.marathon.mesos'),
  ptr('fd00::2', 'web-iffe9-s1.marathon.mesos'),
];
const SIX = 'f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.f.d.f.ip6.arpa';

type Row = { why: string; name: string; type?: string; rcode: string; answers: string[] };

test.each<Row>([
  {
    why: 'an address of a task',
    name: '4.3.2.10.in-addr.arpa',
    rcode: 'NOERROR',
    answers: ['PTR web-iffe9-s1.marathon.mesos'],
  },
  {
    why: 'in upper case',
    name: '4.3.2.10.IN-ADDR.ARPA',
    rcode: 'NOERROR',
    answers: ['PTR web-iffe9-s1.marathon.mesos'],
  },
  {
    why: 'ANY',
    name: '7.0.0.10.in-addr.arpa',
    type: 'ANY',
    rcode: 'NOERROR',
    answers: ['PTR slave.mesos'],
  },
  {
    why: 'IPv6',
    name: reverseName(ipAddress('fd00::2')!).slice(0, -1),
    rcode: 'NOERROR',
    answers: ['PTR web-iffe9-s1.marathon.mesos'],
  },
  { why: 'IPv6, absent', name: SIX, rcode: 'NXDOMAIN', answers: [] },
  { why: 'another type', name: '7.0.0.10.in-addr.arpa', type: 'A', rcode: 'NOERROR', answers: [] },
  { why: 'an empty non-terminal', name: '3.2.10.in-addr.arpa', rcode: 'NOERROR', answers: [] },
  {
    why: 'an address that nobody has',
    name: '9.9.9.10.in-addr.arpa',
    rcode: 'NXDOMAIN',
    answers: [],
  },
  { why: 'a label too many', name: '1.4.3.2.10.in-addr.arpa', rcode: 'NXDOMAIN', answers: [] },
  { why: 'no number', name: 'x.3.2.10.in-addr.arpa', rcode: 'NXDOMAIN', answers: [] },
  { why: 'a leading zero', name: '04.3.2.10.in-addr.arpa', rcode: 'NXDOMAIN', answers: [] },
  { why: 'the apex', name: '10.in-addr.arpa', rcode: 'NOERROR', answers: [] },
  {
    why: 'NS of the apex',
    name: '10.in-addr.arpa',
    type: 'NS',
    rcode: 'NOERROR',
    answers: ['NS ns1.mesos'],
  },
])('$why: $rcode', ({ name, type, rcode, answers }) => {
  const { ask, counters } = answering(records);
  const response = ask(name, type)!;
  expect(response.rcode).toBe(rcode);
  expect(response.flag_aa).toBe(true);
  const shown = response.answers?.map(answer => {
    return answer.type === 'PTR' || answer.type === 'NS' ? `${answer.type} ${answer.data}` : answer;
  });
  expect(shown).toEqual(answers);
  const authorities = response.authorities?.map(authority => `${authority.type} ${authority.name}`);
  const zone = /(10\.in-addr|d\.f\.ip6)\.arpa$/i.exec(name)?.[0];
  expect(authorities).toEqual(answers.length > 0 ? [] : [`SOA ${zone}`]);
  expect(counters.values[counters.slot.query_ptr], 'counted before').toBe(0);
});

test('the apex has an SOA, and a PTR record the TTL of the zone', () => {
  const { ask } = answering(records);
  const [soa] = ask('10.in-addr.arpa', 'SOA')!.answers!;
  expect(soa).toMatchObject({ type: 'SOA', data: { mname: 'ns1.mesos', serial: SERIAL } });
  expect(ask('7.0.0.10.in-addr.arpa')!.answers).toMatchObject([{ ttl: SETTINGS.ttlSeconds }]);
});

test.each([
  '4.3.2.11.in-addr.arpa',
  '110.in-addr.arpa',
  'in-addr.arpa',
  'arpa',
  '10.in-addr.arpa.example',
  'c.f.ip6.arpa',
  'web.mesos',
  '.',
])('%s is not its business', name => {
  expect(answering(records).ask(name)).toBeUndefined();
});

test('an OPT record is answered with one', () => {
  const { ask } = answering(records);
  expect(ask('7.0.0.10.in-addr.arpa', 'PTR', { edns: 1232 })!.additionals).toMatchObject([
    { type: 'OPT' },
  ]);
});

test('before the first state SERVFAIL; while recovering only for what is absent; stale capped', () => {
  const first = answering([], { kind: 'starting' });
  expect(first.ask('7.0.0.10.in-addr.arpa')!.rcode).toBe('SERVFAIL');
  const recovering = answering(records, { kind: 'recovering' });
  expect(recovering.ask('7.0.0.10.in-addr.arpa')!.rcode).toBe('NOERROR');
  expect(recovering.ask('8.0.0.10.in-addr.arpa')!.rcode).toBe('SERVFAIL');
  const stale = answering(records, { kind: 'stale', ttlCapSeconds: 5 });
  expect(stale.ask('7.0.0.10.in-addr.arpa')!.answers).toMatchObject([{ ttl: 5 }]);
});

test('a change replaces, adds and removes', () => {
  const { ask, publish } = answering(records);
  publish([ptr('10.0.0.7', 'master0.mesos'), ptr('10.0.0.8', 'slave.mesos')]);
  expect(ask('7.0.0.10.in-addr.arpa')!.answers).toMatchObject([{ data: 'master0.mesos' }]);
  expect(ask('8.0.0.10.in-addr.arpa')!.answers).toMatchObject([{ data: 'slave.mesos' }]);
  expect(ask('4.3.2.10.in-addr.arpa')!.rcode).toBe('NXDOMAIN');
  expect(ask('2.10.in-addr.arpa')!.rcode).toBe('NXDOMAIN');
});
