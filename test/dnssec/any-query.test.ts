import packet from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Octets, OPT_OCTETS, QueryView, SCAN, scanQuery } from '../../src/dns/index.ts';
import { a, aaaa, cname, srv } from '../fakes/answering-zone.ts';
import { hostileQuery } from '../fakes/hostile-query.ts';
import { signedZone } from '../fakes/signed-zone.ts';

const RECORDS = [
  a('web.marathon.mesos', '10.0.0.1'),
  aaaa('web.marathon.mesos', 'fd00::1'),
  srv('_web._tcp.marathon.mesos', 31_000, 'web.marathon.mesos'),
  cname('www.mesos', 'web.marathon.mesos'),
  ...Array.from({ length: 100 }, (_, index) => a('nope.mesos', `10.1.0.${index}`)),
];

const view = new QueryView();

/** Sets DO wherever there is an OPT record that can be read. */
function wantSignatures(octets: Octets): Octets {
  const isQuery = scanQuery(view, octets, 0, octets.length) === SCAN.QUERY;
  if (isQuery && view.hasOpt) octets[view.optionsAt - OPT_OCTETS + 7] |= 0x80;
  return octets;
}

test('whatever is asked, a signed zone answers in its room with a message that can be read', () => {
  const zone = signedZone(RECORDS);
  const law = fc.property(hostileQuery, fc.boolean(), (query, isTcp) => {
    zone.client.isTcp = isTcp;
    const limit = isTcp ? 65_535 : 1232;
    const response = zone.answer(wantSignatures(query), limit);
    if (!response) return;
    expect(response.length).toBeLessThanOrEqual(limit);
    expect([response[0], response[1]]).toEqual([query[0], query[1]]);
    packet.decode(Buffer.from(response));
  });
  fc.assert(law, { numRuns: 2000 });
  expect(zone.count('signatures_kept')).toBeGreaterThan(10);
});
