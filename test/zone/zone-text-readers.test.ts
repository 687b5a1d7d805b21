import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { domainName, knownName, type ResourceRecord, serial } from '../../src/dns/index.ts';
import { zoneText } from '../../src/zone/index.ts';
import { SOA } from '../fakes/answering-zone.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';

/** Every character that may stand in a raw discovery name, and those that mean something at a place. */
const SIGNS = "!#$%&'*+,-/:<=>?[]^_`{|}~".split('');
const NAMES = [...SIGNS.map(sign => `${sign}x${sign}`), '$include', '$ttl', 'in', '60', 'a.b'];
const owners = NAMES.map(name => knownName(`${name}.mesos`));
const origin = knownName('mesos');

const RECORDS: readonly ResourceRecord[] = [
  { type: 'NS', owner: origin, target: SOA.primary },
  { type: 'A', owner: SOA.primary, address: '10.0.0.53' },
  ...owners.flatMap((owner): ResourceRecord[] => [
    { type: 'A', owner, address: '10.0.0.1' },
    {
      type: 'SRV',
      owner: knownName(`_s.${owner}`),
      priority: 0,
      weight: 1,
      port: 80,
      target: owner,
    },
  ]),
];

/** What a master file has to quote or to escape. */
const STRINGS = ['', 'a=b c;d', 'quo"te', 'back\\slash', 'é=ü'];

const folder = mkdtempSync(join(tmpdir(), 'mesonym-zone-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(): string {
  const texts: ResourceRecord = { type: 'TXT', owner: knownName('t.mesos'), strings: STRINGS };
  const rrsets = () => [...RECORDS, texts].map(record => ({ ...record, records: [record] }));
  const file = join(folder, 'mesos.zone');
  writeFileSync(file, zoneText({ origin, soa: SOA, serial: serial(7), rrsets }, 60));
  return file;
}

const read = (program: string, ...words: string[]) =>
  execFileSync(findProgram(program)!, words, { encoding: 'utf8', stdio: 'pipe' });

/** The names that a reader printed as owners and targets, as ours. */
function namesIn(text: string) {
  const words = text
    .split('\n')
    .filter(line => /\sIN\s+(?:A|SRV)\s/.test(line))
    .flatMap(line => line.split(/\s+/).filter(word => word.endsWith('.')));
  return [...new Set(words.flatMap(word => domainName(word) ?? []))].sort();
}

const EXPECTED = [SOA.primary, ...owners, ...owners.map(owner => knownName(`_s.${owner}`))].sort();

testWith('named-checkzone')('named reads every name that can be published', () => {
  const said = read('named-checkzone', '-q', '-D', '-k', 'ignore', '-o', '-', 'mesos', written());
  expect(namesIn(said)).toEqual(EXPECTED);
  const quoted = /^t\.mesos\.\s.*\sTXT\s+(.*)$/m.exec(said)?.[1];
  expect(quoted).toBe(String.raw`"" "a=b c;d" "quo\"te" "back\\slash" "\195\169=\195\188"`);
});

testWith('ldns-read-zone')('ldns reads every name that can be published', () => {
  expect(namesIn(read('ldns-read-zone', written()))).toEqual(EXPECTED);
});

testWith('nsd-checkzone')('nsd reads every name that can be published', () => {
  expect(read('nsd-checkzone', 'mesos', written())).toContain('is ok');
});

testWith('kzonecheck')('knot reads every name that can be published', () => {
  expect(read('kzonecheck', '-v', '-o', 'mesos.', written())).toContain('No semantic error found');
});
