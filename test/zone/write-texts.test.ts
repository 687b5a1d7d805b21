import { expect, test } from 'vitest';
import { a, answeringZone, ask, txt } from '../fakes/answering-zone.ts';

/** The strings of each TXT answer. */
function texts(zone: ReturnType<typeof answeringZone>, type = 'TXT', asked = {}) {
  const response = ask(zone, 'web.mesos', type, asked);
  const answers = (response?.answers ?? []).filter(answer => answer.type === 'TXT');
  const strings = answers.map(answer => [answer.data].flat().map(String));
  return { strings: strings.toSorted((x, y) => (x[0] < y[0] ? -1 : 1)), isCut: response?.flag_tc };
}

test('TXT records are answered string by string, several of one owner too', () => {
  const zone = answeringZone([txt('web.mesos', 'a=1', '', 'é=ü'), txt('web.mesos', 'b')]);
  expect(texts(zone)).toEqual({ strings: [['a=1', '', 'é=ü'], ['b']], isCut: false });
});

test('nothing else brings them along, but ANY', () => {
  const zone = answeringZone([a('web.mesos', '10.0.0.1'), txt('web.mesos', 'a=1')]);
  expect(ask(zone, 'web.mesos', 'A')).toMatchObject({ answers: [{ type: 'A' }], additionals: [] });
  expect(texts(zone, 'ANY').strings).toEqual([['a=1']]);
  expect(ask(zone, 'web.mesos', 'SRV')).toMatchObject({ rcode: 'NOERROR', answers: [] });
});

test('what does not fit truncates the response, and TCP has it', () => {
  const long = txt('web.mesos', ...['a', 'b', 'c'].map(letter => letter.repeat(255)));
  const zone = answeringZone([txt('web.mesos', 'short'), long]);
  expect(texts(zone)).toEqual({ strings: [['short']], isCut: true });
  expect(texts(zone, 'TXT', { edns: 1232 }).strings).toHaveLength(2);
  zone.client.isTcp = true;
  expect(texts(zone).strings).toHaveLength(2);
});

test('they change and go, and leave no memory behind', () => {
  const zone = answeringZone([]);
  const octets: number[] = [];
  for (let round = 0; round < 50; round++) {
    zone.publish('web', [txt('web.mesos', `round=${round}`, 'x'.repeat(round))]);
    expect(texts(zone).strings).toEqual([[`round=${round}`, 'x'.repeat(round)]]);
    zone.publish('web', []);
    expect(ask(zone, 'web.mesos', 'TXT')).toMatchObject({ rcode: 'NXDOMAIN' });
    octets.push(zone.table.octetsUsed);
  }
  for (let round = 0; round < 50; round++) {
    zone.publish('web', [txt('web.mesos', `round=${round}`, 'x'.repeat(round))]);
    zone.publish('web', []);
  }
  expect(zone.table.octetsUsed).toBe(octets.at(-1));
});
