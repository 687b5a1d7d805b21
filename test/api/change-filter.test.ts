import { expect, test } from 'vitest';
import { changeFilter } from '../../src/api/change-filter.ts';
import { knownName } from '../../src/dns/index.ts';

const frameworkDomains = (framework: string) =>
  framework === 'Marathon' ? [knownName('marathon.mesos'), knownName('marathon.slave.mesos')] : [];

const RRSETS = [
  { owner: 'web.marathon.mesos', type: 'A', values: ['10.0.0.1'] },
  { owner: 'web-iffe9-s12.marathon.mesos', type: 'A', values: ['10.0.0.1'] },
  { owner: 'web.marathon.slave.mesos', type: 'A', values: ['10.0.0.7'] },
  {
    owner: '_web._tcp.marathon.mesos',
    type: 'SRV',
    values: ['0 1 31000 web-iffe9-s12.marathon.mesos.'],
  },
  { owner: '_web._tcp.chronos.mesos', type: 'SRV', values: ['0 1 80 web-s12.chronos.mesos.'] },
  { owner: 'a._web._tcp.chronos.mesos', type: 'TXT', values: ['"tier=x" "env=prod"'] },
  { owner: 'b._web._tcp.chronos.mesos', type: 'TXT', values: ['"env=dev" "x=\\"env=prod"'] },
].map(({ owner, ...rest }) => ({ owner: knownName(owner), ...rest }));

test.each([
  { query: 'name=web.marathon.mesos', passes: [0] },
  { query: 'name=WEB.marathon.mesos.', passes: [0] },
  { query: 'name=*.marathon.mesos', passes: [0, 1, 3] },
  { query: 'name=_web._tcp.*', passes: [3, 4] },
  { query: 'type=srv', passes: [3, 4] },
  { query: 'framework=Marathon', passes: [0, 1, 2, 3] },
  { query: 'framework=nobody', passes: [] },
  { query: 'agent=4d5a-S12', passes: [1, 3] },
  { query: 'agent=S1', passes: [] },
  { query: 'label=env', passes: [5, 6] },
  { query: 'label=env%3Dprod', passes: [5] },
  { query: 'label=env%3Dpro', passes: [] },
  { query: 'label=nv', passes: [] },
  { query: 'framework=Marathon&type=A&name=web-*', passes: [1] },
])('$query passes the RRsets $passes', ({ query, passes }) => {
  const filter = changeFilter(new URLSearchParams(query), { frameworkDomains })!;
  expect(RRSETS.flatMap((rrset, index) => (filter(rrset) ? [index] : []))).toEqual(passes);
});

test.each(['', 'serial=7', 'name='])('%j asks for no filter', query => {
  expect(changeFilter(new URLSearchParams(query), { frameworkDomains })).toBeUndefined();
});
