import packet from 'dns-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import type { RunningApp } from '../../src/commands/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { RR_TYPE } from '../../src/dns/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { queryOctets, udpClient } from '../fakes/dns-client.ts';
import { testWith } from '../fakes/real-programs.ts';
import { output } from '../fakes/real-secondaries.ts';
import { stateJson } from '../fakes/state-json.ts';
import { type StaticMaster, startStaticMaster } from '../fakes/static-master.ts';
import { untilTrue } from '../fakes/until-true.ts';
import { type FakeUpstream, fakeUpstream } from '../fakes/upstream.ts';

const world = { clock: systemClock(), random: seededRandom(1), log: quietLog() };
const digTest = testWith('dig');
let master: StaticMaster;
let upstream: FakeUpstream;
let app: RunningApp;

const state = (...addresses: readonly string[]) =>
  stateJson('10.9.0.1:5050', [{ name: 'web', instances: addresses.map(address => [address]) }]);

const configWith = (settings: Readonly<Record<string, unknown>>) =>
  loadConfig({
    settings: {
      masters: [`127.0.0.1:${master.port}`],
      source: 'poll',
      refreshSeconds: 1,
      listener: '127.0.0.1',
      port: 0,
      httpListener: '127.0.0.1',
      httpPort: 0,
      resolvers: [`127.0.0.1:${upstream.port}`],
      threads: 2,
      ...settings,
    },
  }).config;

const OWNED = { reverseZones: ['10.0.0.0/8', 'fd00::/8'] };

/** What the upstream says: of a name's records, and behind an alias of those of another name. */
function claimsOf(name: string): readonly packet.Answer[] {
  const claim = (owner: string): packet.Answer => {
    return { type: 'PTR', name: owner, ttl: 60, data: 'from.upstream.example' };
  };
  const target = /^alias-of-(.*)\.example$/.exec(name)?.[1];
  if (target === undefined) return [claim(name)];
  return [{ type: 'CNAME', name, ttl: 60, data: target }, claim(target)];
}

beforeAll(async () => {
  upstream = await fakeUpstream(({ packet: query }) => [
    packet.encode({
      id: query.id ?? 0,
      type: 'response',
      questions: query.questions ?? [],
      answers: (query.questions ?? []).flatMap(({ name }) => claimsOf(name)),
    }),
  ]);
  master = await startStaticMaster(state('10.9.8.1', 'fd00::2'));
  app = await startApp(configWith(OWNED), world);
  await app.whenReady();
});

afterAll(async () => {
  await app?.close(0);
  await master?.close();
  await upstream?.close();
});

const dig = (...words: readonly string[]) =>
  output('dig', [`@${app.dns[0].host}`, '-p', `${app.dns[0].port}`, '+tries=1', ...words]);
const short = async (...words: readonly string[]) => (await dig('+short', ...words)).trim();
const OWN_NAME = /^web-[a-z0-9]{5}-s0\.marathon\.mesos\.$/;

digTest('an address of a task leads to its own name, and that back, by UDP and TCP', async () => {
  for (const transport of ['+notcp', '+tcp']) {
    const name = await short(transport, '-x', '10.9.8.1');
    expect(name).toMatch(OWN_NAME);
    expect(await short(transport, name, 'A')).toBe('10.9.8.1');
    const six = await short(transport, '-x', 'fd00::2');
    expect(six).toMatch(/^web-[a-z0-9]{5}-s1\.marathon\.mesos\.$/);
    expect(await short(transport, six, 'AAAA')).toBe('fd00::2');
  }
  expect(await short('-x', '10.9.0.1')).toBe('master1.mesos.');
  expect(await short('-x', '10.9.1.0')).toBe('slave.mesos.');
});

digTest('what is not there is NXDOMAIN at once; other networks go upstream', async () => {
  const before = upstream.seen.length;
  const absent = await dig('-x', '10.255.255.254');
  expect(absent).toMatch(/status: NXDOMAIN/);
  expect(absent).toMatch(/flags: qr aa/);
  expect(absent).toMatch(/10\.in-addr\.arpa\.\s+10\s+IN\s+SOA\s+ns1\.mesos\./);
  expect(await short('-x', '10.9.8.1', '-c', 'ANY')).toMatch(OWN_NAME);
  expect(upstream.seen.length).toBe(before);
  expect(await short('-x', '192.0.2.1')).toBe('from.upstream.example.');
});

digTest('every question is counted once, and zones cannot be transferred', async () => {
  const counted = async () => {
    const text = await (await fetch(`${app.http}/metrics`)).text();
    return Number(/^mesonym_dns_questions_total\{type="PTR"\} (\d+)/m.exec(text)?.[1]);
  };
  const before = await counted();
  await short('-x', '10.9.8.1');
  expect(await counted()).toBe(before + 1);
  expect(await dig('10.in-addr.arpa', 'AXFR')).toMatch(/Transfer failed|REFUSED/);
});

digTest('it follows the cluster, and a reload turns it on and off', async () => {
  master.serve(state('10.9.8.7'));
  await untilTrue('the new address is told', async () =>
    OWN_NAME.test(await short('-x', '10.9.8.7')),
  );
  expect(await dig('-x', '10.9.8.1')).toMatch(/status: NXDOMAIN/);
  expect(await app.reload(configWith({}))).toEqual([]);
  expect(await short('-x', '10.9.8.7')).toBe('from.upstream.example.');
  expect(await app.reload(configWith(OWNED))).toEqual([]);
  expect(await short('-x', '10.9.8.7')).toMatch(OWN_NAME);
});

test.each([
  { target: '9.8.9.10.in-addr.arpa', kept: 1 },
  { target: '2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa', kept: 1 },
  { target: 'web.marathon.mesos', kept: 1 },
  { target: '9.8.9.11.in-addr.arpa', kept: 2 },
])('of what an upstream says behind an alias of $target $kept records are kept', async row => {
  const query = queryOctets(1, `alias-of-${row.target}.example`, RR_TYPE.PTR);
  const client = await udpClient('127.0.0.1', app.dns[0].port);
  const { answers } = packet.decode(Buffer.from(await client.ask(query)));
  await client.close();
  expect(answers?.map(({ type }) => type)).toEqual(['CNAME', 'PTR'].slice(0, row.kept));
});
