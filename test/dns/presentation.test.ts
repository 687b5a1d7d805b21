import { describe, expect, test } from 'vitest';
import { knownName, nameIn, recordValue, writtenRecord } from '../../src/dns/index.ts';

const MESOS = knownName('mesos');

test.each([
  { why: 'is below the origin', text: 'web.marathon', name: 'web.marathon.mesos.' },
  { why: 'stands as it is with a final dot', text: 'www.example.org.', name: 'www.example.org.' },
  { why: 'is the origin as @', text: '@', name: 'mesos.' },
  { why: 'is lowered', text: 'WWW', name: 'www.mesos.' },
  { why: 'has a dot in a label when it is escaped', text: 'a\\.', name: 'a\\..mesos.' },
  { why: 'is none when empty', text: '', name: undefined },
  { why: 'is none with a blank', text: 'a b', name: undefined },
  { why: 'is none with a label too long', text: 'x'.repeat(64), name: undefined },
])('a name $why', ({ text, name }) => {
  expect(nameIn(MESOS, text)).toBe(name);
});

test('below the root a name is its own', () => {
  expect(nameIn(knownName('.'), 'www')).toBe('www.');
});

describe('values', () => {
  const lineOf = (type: Parameters<typeof writtenRecord>[0]['type'], value: string) => {
    const record = writtenRecord({ name: 'db', type, value }, MESOS);
    return record && `${record.owner} ${record.type} ${recordValue(record)}`;
  };

  test.each([
    { type: 'A', value: '10.1.2.3', line: 'db.mesos. A 10.1.2.3' },
    { type: 'AAAA', value: 'FD00::1', line: 'db.mesos. AAAA fd00::1' },
    { type: 'CNAME', value: 'web.marathon', line: 'db.mesos. CNAME web.marathon.mesos.' },
    { type: 'PTR', value: 'a.example.', line: 'db.mesos. PTR a.example.' },
    { type: 'TXT', value: 'v=1 "a"', line: 'db.mesos. TXT "v=1 \\"a\\""' },
    { type: 'SRV', value: ' 1  2 65535\tweb ', line: 'db.mesos. SRV 1 2 65535 web.mesos.' },
  ] as const)('$type $value', ({ type, value, line }) => {
    expect(lineOf(type, value)).toBe(line);
  });

  test.each([
    { type: 'A', value: 'fd00::1' },
    { type: 'TXT', value: 'x'.repeat(4001) },
    { type: 'A', value: '10.1.2' },
    { type: 'AAAA', value: '10.1.2.3' },
    { type: 'CNAME', value: 'a b' },
    { type: 'SRV', value: '0 1 80' },
    { type: 'SRV', value: '0 1 65536 web' },
    { type: 'SRV', value: '-1 1 80 web' },
  ] as const)('$type $value is none', ({ type, value }) => {
    expect(lineOf(type, value)).toBeUndefined();
  });
});
