import { expect, test } from 'vitest';
import { formatHostPort, parseHostPort, parsePid } from '../../src/mesos/host-port.ts';

test.each([
  { why: 'an address', text: '10.0.0.1:5050', found: { host: '10.0.0.1', port: 5050 } },
  {
    why: 'a name, in lower case',
    text: 'M1.Example:5050',
    found: { host: 'm1.example', port: 5050 },
  },
  { why: 'IPv6 without its brackets', text: '[::1]:5050', found: { host: '::1', port: 5050 } },
  { why: 'no port, but a default', text: 'm1', found: { host: 'm1', port: 80 } },
  { why: 'bare IPv6: where would the port begin', text: '::1:5050', found: undefined },
  { why: 'brackets round a name', text: '[m1]:5050', found: undefined },
  { why: 'a port past 65535', text: 'm1:65536', found: undefined },
  { why: 'a user', text: 'me@m1:5050', found: undefined },
  { why: 'nothing', text: '', found: undefined },
])('parseHostPort reads $why', ({ text, found }) => {
  expect(parseHostPort(text, 80)).toEqual(found);
});

test('a pid is split at its last @', () => {
  expect(parsePid('slave(1)@[2001:db8::1]:5051')).toEqual({ host: '2001:db8::1', port: 5051 });
  expect(parsePid('a@b@10.0.0.1:5050')).toEqual({ host: '10.0.0.1', port: 5050 });
  expect(parsePid('10.0.0.1:5050')).toBeUndefined();
});

test('formatHostPort writes what parseHostPort reads', () => {
  for (const place of [
    { host: '::1', port: 1 },
    { host: 'm1', port: 2 },
  ]) {
    expect(parseHostPort(formatHostPort(place))).toEqual(place);
  }
});
