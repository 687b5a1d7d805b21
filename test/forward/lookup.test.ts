import { expect, test } from 'vitest';
import { forwarding, forwardingTo, upstream } from '../fakes/forwarding.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import {
  answersCode,
  type Behaviour,
  responseTo,
  type SeenQuery,
  staysSilent,
} from '../fakes/upstream.ts';

const alias = (seen: SeenQuery) =>
  ({ type: 'CNAME', name: seen.name, ttl: 60, data: 'real.example' }) as const;

const twoFamilies: Behaviour = seen => {
  const own =
    seen.type === 'A'
      ? ({ type: 'A', name: 'real.example', ttl: 60, data: '192.0.2.1' } as const)
      : ({ type: 'AAAA', name: 'real.example', ttl: 60, data: '2001:db8::1' } as const);
  return [responseTo(seen, { answers: [alias(seen), own] })];
};

test('a host has the addresses of both families, through aliases', async () => {
  const one = await upstream(twoFamilies);
  const { forwarder } = forwardingTo([one]);
  const wanted = [
    { family: 4, text: '192.0.2.1' },
    { family: 6, text: '2001:db8::1' },
  ];
  expect(await forwarder.resolveAddresses('host.example')).toEqual(wanted);
  expect(await forwarder.resolveAddresses('Host.Example.')).toEqual(wanted);
  expect(one.seen.map(({ type }) => type)).toEqual(['A', 'AAAA']);
});

test('one family is enough', async () => {
  const one = await upstream(seen =>
    seen.type === 'A' ? twoFamilies(seen) : answersCode(2)(seen),
  );
  const found = await forwardingTo([one]).forwarder.resolveAddresses('host.example');
  expect(found).toEqual([{ family: 4, text: '192.0.2.1' }]);
});

test.each([
  { host: '192.0.2.7', found: [{ family: 4, text: '192.0.2.7' }] },
  { host: '2001:DB8::7', found: [{ family: 6, text: '2001:db8::7' }] },
  { host: 'localhost', found: [{ text: '127.0.0.1' }, { text: '::1' }] },
])('$host needs no upstream', async ({ host, found }) => {
  expect(await forwarding({}).forwarder.resolveAddresses(host)).toMatchObject(found);
});

test.each<{ why: string; host?: string; behaviour: Behaviour; found: string }>([
  { why: 'is none', behaviour: answersCode(3), found: 'no such name' },
  { why: 'has no address', behaviour: answersCode(0), found: 'no address' },
  { why: 'is no name', host: 'a..b', behaviour: answersCode(0), found: 'no domain name' },
])('a host that $why is an error that says so', async ({ host, behaviour, found }) => {
  const { forwarder } = forwardingTo([await upstream(behaviour)]);
  await expect(forwarder.resolveAddresses(host ?? 'host.example')).rejects.toMatchObject({
    code: 'ERR_LOOKUP',
    message: expect.stringContaining(found),
  });
});

test('nobody to ask is an error', async () => {
  await expect(forwarding({}).forwarder.resolveAddresses('host.example')).rejects.toMatchObject({
    message: expect.stringContaining('no upstream to ask'),
  });
});

test('while upstreams are dead the addresses known last are good enough', async () => {
  const clock = new SimulatedClock();
  const one = await upstream(twoFamilies);
  const { forwarder } = forwardingTo([one], {}, clock);
  const known = await forwarder.resolveAddresses('host.example');
  await clock.advance(120_000);
  one.behave(answersCode(2));
  expect(await forwarder.resolveAddresses('host.example')).toEqual(known);
});

test('a look-up ends when it is called off', async () => {
  const { forwarder } = forwardingTo([await upstream(staysSilent)]);
  const controller = new AbortController();
  const found = forwarder.resolveAddresses('host.example', controller.signal);
  controller.abort(new Error('not needed any more'));
  await expect(found).rejects.toThrow('not needed any more');
});
