import packet from 'dns-packet';
import { expect, test } from 'vitest';
import { type Client, type Query, readQuery } from '../../src/dns/index.ts';
import { type Handler, refuseHandler, withOwnOptions } from '../../src/handlers/index.ts';
import { queryOctets } from '../fakes/answering-zone.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const SETTINGS = {
  udpPayloadMax: 1232,
  identity: Buffer.from('ns7'),
  cookieSecret: Uint8Array.from(Buffer.from('e5e973e5a6b2a43f48e7dc849e37bfcf', 'hex')),
  tcpIdleMs: 10_000,
};
const UDP: Client = { address: '198.51.100.100', port: 5353, transport: 'udp' };
const option = (code: number, hex = '') => ({ code, data: Buffer.from(hex, 'hex') });
const COOKIE = option(10, '2464c4abcf10c957');
const NSID = option(3);
const KEEPALIVE = option(11);

const serving = (handle: Handler) =>
  withOwnOptions(handle, SETTINGS, new SimulatedClock(1_559_731_985_000));

function queryOf(
  client: Client,
  options: readonly { code: number; data: Buffer }[],
  edns?: number,
) {
  const octets = queryOctets('x.org', 'A', { edns, options });
  return (readQuery(octets, client, 1232) as { readonly query: Query }).query;
}

/** The options of the response, in hex. */
async function optionsOf(handle: Handler, query: Query): Promise<string> {
  const response = Buffer.from((await handle(query))!);
  expect(packet.decode(response)).toMatchObject({ additionals: [{ type: 'OPT' }] });
  return response.subarray(query.question.end + 11).toString('hex');
}

const NOT_AUTHORITATIVE = '000f00020014';

test.each([
  { why: 'nothing when nothing is asked', client: UDP, options: [], hex: '' },
  { why: 'our name', client: UDP, options: [NSID], hex: '000300036e7337' },
  {
    why: 'the cookie of RFC 9018 appendix A.1',
    client: UDP,
    options: [COOKIE],
    hex: '000a00182464c4abcf10c957010000005cf79f111f8130c3eee29480',
  },
  { why: 'no keepalive by UDP', client: UDP, options: [KEEPALIVE], hex: '' },
  {
    why: 'keepalive by TCP',
    client: { ...UDP, transport: 'tcp' as const },
    options: [KEEPALIVE],
    hex: '000b00020064',
  },
])('adds $why', async ({ client, options, hex }) => {
  const query = queryOf(client, options, 1232);
  expect(await optionsOf(serving(refuseHandler), query)).toBe(NOT_AUTHORITATIVE + hex);
});

test('adds to responses that come later', async () => {
  const query = queryOf(UDP, [NSID], 1232);
  const later: Handler = asked => Promise.resolve(refuseHandler(asked)!);
  expect(await optionsOf(serving(later), query)).toBe(`${NOT_AUTHORITATIVE}000300036e7337`);
});

test.each([
  { why: 'no OPT record in the query', edns: undefined, filler: 0 },
  { why: 'no room', edns: 512, filler: 470 },
])('leaves a response alone: $why', ({ edns, filler }) => {
  const query = queryOf(UDP, [NSID], edns);
  const made = refuseHandler(query) as Uint8Array;
  const response = Uint8Array.from([...made, ...new Uint8Array(filler)]);
  expect(serving(() => response)(query)).toBe(response);
});

test('passes on what is not its business', () => {
  expect(serving(() => undefined)(queryOf(UDP, [NSID], 1232))).toBeUndefined();
});
