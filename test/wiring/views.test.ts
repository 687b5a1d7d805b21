import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { viewsOf } from '../../src/wiring/views.ts';

function viewOf(view: Record<string, unknown>, more = {}) {
  const views = [{ clients: ['10.1.0.0/16'], ...view }];
  const settings = { masters: ['10.0.0.1:5050'], resolvers: ['192.0.2.1'], views, ...more };
  return viewsOf(loadConfig({ settings }).config)[0];
}

test('a framework is seen by its own names and by those of its agents', () => {
  const { domains } = viewOf({ frameworks: ['Team A'] });
  expect(domains).toEqual(['teama.mesos.', 'teama.slave.mesos.']);
});

test('a framework is seen by whose address it is, where there are such names', () => {
  const { domains } = viewOf({ frameworks: ['Team A'] }, { addressNames: true });
  const zones = ['', 'slave.', 'agentip.', 'containerip.', 'autoip.'];
  expect(domains).toEqual(zones.map(zone => `teama.${zone}mesos.`));
});

test('names are those of the domain, and all below them', () => {
  expect(viewOf({ names: ['db', 'Eu.shop'] }).domains).toEqual(['db.mesos.', 'eu.shop.mesos.']);
});

test('everybody sees masters, agents and the server, and the way to what is theirs', () => {
  const { names } = viewOf({ frameworks: ['a.b'] });
  for (const name of [
    '',
    'leader.',
    'master0.',
    'slave.',
    '_leader._tcp.',
    'ns1.',
    'b.',
    'b.slave.',
  ]) {
    expect(names).toContain(`${name}mesos.`);
  }
  expect(names).not.toContain('a.mesos.');
});

test('a framework without a name in DNS adds none', () => {
  expect(viewOf({ frameworks: ['!!'] }).domains).toEqual([]);
});
