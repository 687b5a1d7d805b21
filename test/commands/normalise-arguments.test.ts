import { expect, test } from 'vitest';
import { normaliseArguments } from '../../src/commands/index.ts';

test.each([
  { why: 'nothing at all', given: '', becomes: 'serve' },
  {
    why: 'a file, with one hyphen',
    given: '-config /etc/c.json',
    becomes: 'serve --config /etc/c.json',
  },
  {
    why: 'a file, with = and one hyphen',
    given: '-config=c.json',
    becomes: 'serve --config=c.json',
  },
  { why: 'a file, with two hyphens', given: '--config c.json', becomes: 'serve --config c.json' },
  { why: 'the version', given: '-version', becomes: '--version' },
  { why: 'help', given: '-h', becomes: '--help' },
  { why: 'a verbose log', given: '-v 2 -config c', becomes: 'serve --verbose 2 --config c' },
  { why: 'a verbose log, with =', given: '-v=1', becomes: 'serve --verbose=1' },
  {
    why: 'flags of glog that stand alone',
    given: '-logtostderr -config c',
    becomes: 'serve --config c',
  },
  {
    why: 'the same, with =',
    given: '--alsologtostderr=true -config c',
    becomes: 'serve --config c',
  },
  {
    why: 'flags of glog with a value',
    given: '-log_dir /tmp -vmodule=a=2 -stderrthreshold 1',
    becomes: 'serve',
  },
  { why: 'a command of ours', given: 'check -config c', becomes: 'check --config c' },
  {
    why: 'a setting, as people type it',
    given: 'serve --http-port 80 --soa-mname ns',
    becomes: 'serve --httpPort 80 --SOAMname ns',
  },
  { why: 'a value that is a negative number', given: 'serve --ttl -1', becomes: 'serve --ttl -1' },
  { why: 'words after --', given: 'explain -- -config', becomes: 'explain -- -config' },
  { why: 'a word that is no command', given: 'chek', becomes: 'chek' },
  {
    why: 'what completion asks',
    given: '--get-yargs-completions mesonym',
    becomes: '--get-yargs-completions mesonym',
  },
])('understands $why', ({ given, becomes }) => {
  expect(normaliseArguments(given.split(' ').filter(Boolean)).join(' ')).toBe(becomes);
});
