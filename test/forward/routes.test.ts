import { describe, expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import { at, forwarding, forwardingTo, upstream } from '../fakes/forwarding.ts';
import { answersWith } from '../fakes/upstream.ts';

describe('a zone with upstreams of its own', () => {
  test.each([
    { name: 'www.example.org', by: 'zone' },
    { name: 'EXAMPLE.org', by: 'zone' },
    { name: 'www.sub.example.org', by: 'sub' },
    { name: 'notexample.org', by: 'general' },
    { name: 'example.org.test', by: 'general' },
  ])('$name is asked of $by', async ({ name, by }) => {
    const [general, zone, sub] = [
      await upstream(answersWith('192.0.2.1')),
      await upstream(answersWith('192.0.2.2')),
      await upstream(answersWith('192.0.2.3')),
    ];
    const { ask } = forwardingTo([general], {
      zoneResolvers: [
        [knownName('example.org'), [at(zone.port)]],
        [knownName('sub.example.org'), [at(sub.port)]],
      ],
    });
    await ask(name);
    const counts = { general: general.seen.length, zone: zone.seen.length, sub: sub.seen.length };
    expect(counts).toEqual({ general: 0, zone: 0, sub: 0, [by]: 1 });
  });

  test('that is ourselves is left out', async () => {
    const place = `127.0.0.1:53`;
    const { ask } = forwarding({ resolvers: [at(53)], ownPlaces: [place] });
    expect(await ask('example.com')).toBeUndefined();
  });
});
