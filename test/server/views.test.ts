import { decode } from 'dns-packet';
import { expect, test } from 'vitest';
import { clientView, knownName, network } from '../../src/dns/index.ts';
import { makeCounters } from '../../src/runtime/index.ts';
import { restrictViews, SERVER_COUNTERS, type View } from '../../src/server/index.ts';
import { askHotPath, showClient } from '../fakes/ask-hot-path.ts';
import { queryOctets } from '../fakes/dns-client.ts';
import { echoAnswer, echoOf } from '../fakes/test-server.ts';

const view = (client: string, names: readonly string[], domains: readonly string[]): View => ({
  networks: [network(client)!],
  names: names.map(knownName),
  domains: domains.map(knownName),
});
const VIEWS = [
  view('10.1.0.0/16', ['mesos', 'leader.mesos'], ['team-a.mesos', 'team-a.slave.mesos']),
  view('10.0.0.0/8', [], ['team-b.mesos']),
];
const ZONES = [knownName('mesos'), knownName('10.in-addr.arpa')];

function viewed(views = VIEWS) {
  const client = clientView();
  const counters = makeCounters(SERVER_COUNTERS);
  const answerInto = restrictViews(echoAnswer, views, ZONES, client, counters);
  return { client, answerInto, refused: () => counters.values[counters.slot.refused_views] };
}

test('without views it costs nothing', () => {
  expect(viewed([]).answerInto).toBe(echoAnswer);
});

test.each([
  { client: '10.1.2.3', name: 'web.team-a.mesos', sees: true },
  { client: '10.1.2.3', name: 'WEB.Team-A.Mesos', sees: true },
  { client: '10.1.2.3', name: '_web._tcp.team-a.slave.mesos', sees: true },
  { client: '10.1.2.3', name: 'team-a.mesos', sees: true },
  { client: '10.1.2.3', name: 'mesos', sees: true },
  { client: '10.1.2.3', name: 'leader.mesos', sees: true },
  { client: '10.1.2.3', name: 'x.leader.mesos', sees: false },
  { client: '10.1.2.3', name: 'web.team-b.mesos', sees: false },
  { client: '10.1.2.3', name: 'xteam-a.mesos', sees: false },
  { client: '10.1.2.3', name: 'nobody.mesos', sees: false },
  { client: '10.1.2.3', name: '7.0.0.10.in-addr.arpa', sees: false },
  { client: '10.1.2.3', name: '7.0.0.192.in-addr.arpa', sees: true },
  { client: '10.1.2.3', name: 'www.example.org', sees: true },
  { client: '10.2.0.1', name: 'web.team-b.mesos', sees: true },
  { client: '10.2.0.1', name: 'web.team-a.mesos', sees: false },
  { client: '192.0.2.1', name: 'web.team-a.mesos', sees: true },
  { client: '2001:db8::1', name: 'web.team-b.mesos', sees: true },
])('$client sees $name: $sees', ({ client: address, name, sees }) => {
  const { client, answerInto, refused } = viewed();
  showClient(client, address);
  const query = queryOctets(1, name);
  const isEcho = askHotPath(answerInto, query) === Buffer.from(echoOf(query)).toString('hex');
  expect(isEcho).toBe(sees);
  expect(refused()).toBe(sees ? 0 : 1);
});

test('what is not seen is refused alike, whatever is asked about it', () => {
  const { client, answerInto } = viewed();
  showClient(client, '10.1.2.3');
  for (const type of [1, 33, 255, 252]) {
    const response = askHotPath(answerInto, queryOctets(7, 'web.team-b.mesos', type));
    expect(decode(Buffer.from(response, 'hex'))).toMatchObject({ rcode: 'REFUSED', answers: [] });
  }
});

test.each([
  { why: 'without a question', spoil: (query: Uint8Array) => query.fill(0, 5, 6) },
  { why: 'with a pointer in its name', spoil: (query: Uint8Array) => query.fill(0xc0, 12, 13) },
  { why: 'that ends in its name', spoil: (query: Uint8Array) => query.subarray(0, 15) },
])('a query $why hides no name, and is for who says what is wrong with it', ({ spoil }) => {
  const { client, answerInto, refused } = viewed();
  showClient(client, '10.1.2.3');
  askHotPath(answerInto, spoil(queryOctets(1, 'web.team-b.mesos')));
  expect(refused()).toBe(0);
});
