import fc from 'fast-check';
import { expect, test } from 'vitest';
import { askMaster } from '../../src/mesos/ask-master.ts';
import { formatHostPort, parseHostPort } from '../../src/mesos/host-port.ts';
import type { MasterClient } from '../../src/mesos/master-client.ts';
import { MasterError } from '../../src/mesos/master-error.ts';
import { registeredMasters } from '../../src/mesos/master-info.ts';
import { redirectTarget } from '../../src/mesos/redirect.ts';

/** JSON that is nearly what a master writes: the right keys, any values. */
const nearly = (keys: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()).map(value => JSON.stringify(value));

test('any octets of a master in ZooKeeper are a master with an address, or none', () => {
  const info = nearly(['pid', 'ip', 'port', 'address', 'hostname']);
  const octets = fc.oneof(
    fc.uint8Array(),
    info.map(text => Buffer.from(text)),
  );
  const name = fc.constantFrom('json.info_1', 'info_1');
  fc.assert(
    fc.property(name, octets, (node, held) => {
      for (const { address } of registeredMasters(new Map([[node, held]]))) {
        expect(parseHostPort(formatHostPort(address))).toEqual(address);
      }
    }),
  );
});

test('any Location leads by http(s) to a host, or is refused', () => {
  const location = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.string().map(text => `//${text}/state`),
  );
  fc.assert(
    fc.property(location, text => {
      try {
        expect(redirectTarget(text, new URL('http://m1:5050/state')).protocol).toMatch(/^https?:$/);
      } catch (error) {
        expect(error).toBeInstanceOf(MasterError);
      }
    }),
  );
});

test('any answer about who leads is understood, or counts as silence', async () => {
  const body = fc.oneof(fc.string(), fc.json(), nearly(['get_master']));
  const answer = fc.record({
    status: fc.constantFrom(200, 307, 401, 404, 500, 503),
    location: fc.option(fc.oneof(fc.string(), fc.webUrl()), { nil: undefined }),
    text: body,
  });
  await fc.assert(
    fc.asyncProperty(answer, async ({ status, location, text }) => {
      const client: MasterClient = {
        exchange: async master => ({
          master,
          isSecure: false,
          status,
          location,
          contentType: '',
          body: [Buffer.from(text)].values() as unknown as AsyncIterable<Uint8Array>,
          discard: () => {},
        }),
        close: async () => {},
      };
      const said = await askMaster(client, { host: 'm1', port: 1 }, new AbortController().signal);
      expect(['leads', 'recovers', 'points', 'nobody', 'mute', 'silent']).toContain(said.kind);
    }),
  );
});
