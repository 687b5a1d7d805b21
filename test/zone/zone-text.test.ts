import { expect, test } from 'vitest';
import { knownName, type ResourceRecord, serial } from '../../src/dns/index.ts';
import { zoneText } from '../../src/zone/index.ts';

test('a zone as text: the start of authority, then every record, sorted', () => {
  const origin = knownName('mesos');
  const web = knownName('web.marathon.mesos');
  const records: readonly ResourceRecord[] = [
    { type: 'NS', owner: origin, target: knownName('ns1.mesos') },
    { type: 'A', owner: web, address: '10.0.0.2' },
    { type: 'A', owner: web, address: '10.0.0.1' },
    {
      type: 'SRV',
      owner: knownName('_web._tcp.mesos'),
      priority: 0,
      weight: 1,
      port: 80,
      target: web,
    },
  ];
  const soa = {
    primary: knownName('ns1.mesos'),
    mailbox: knownName('root.ns1.mesos'),
    refreshSeconds: 60,
    retrySeconds: 600,
    expireSeconds: 86400,
    negativeTtlSeconds: 10,
  };
  const rrsets = () =>
    records.map(record => ({ owner: record.owner, type: record.type, records: [record] }));
  expect(
    zoneText({ origin, soa, serial: serial(7), rrsets }, 60),
  ).toBe(`mesos. 60 IN SOA ns1.mesos. root.ns1.mesos. 7 60 600 86400 10
_web._tcp.mesos. 60 IN SRV 0 1 80 web.marathon.mesos.
mesos. 60 IN NS ns1.mesos.
web.marathon.mesos. 60 IN A 10.0.0.1
web.marathon.mesos. 60 IN A 10.0.0.2
`);
});
