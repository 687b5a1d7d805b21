import { expect, test } from 'vitest';
import { catalog } from '../../src/api/catalog.ts';
import type { ServiceFacts } from '../../src/records/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const service = (name: string, framework = 'marathon', instanceCount = 1): ServiceFacts => ({
  name: `${name}.${framework}.mesos.`,
  framework,
  instanceCount,
  instances: () =>
    Array.from({ length: instanceCount }, (_, index) => ({
      taskId: `${name}.${index}`,
      agent: '10.0.0.7',
      addresses: [],
      ports: [],
      isHealthy: undefined,
    })),
});

interface Found {
  readonly total: number;
  readonly found: number;
  readonly services: readonly { name: string; instances: readonly unknown[] }[];
}

function found(services: readonly ServiceFacts[], query: string): Found {
  return catalog(() => services, new SimulatedClock())(new URLSearchParams(query)) as Found;
}

const MANY = Array.from({ length: 300 }, (_, index) => service(`app${index}`));

test.each([
  { why: 'lists by name', query: '', is: ['api', 'shop', 'web'] },
  { why: 'finds by part of the name, whatever its case', query: 'search=SHO', is: ['shop'] },
  { why: 'finds by framework', query: 'search=marathon', is: ['api', 'shop', 'web'] },
  { why: 'finds nothing', query: 'search=zzz', is: [] },
  { why: 'goes on where the last page ended', query: 'offset=1&limit=1', is: ['shop'] },
  { why: 'takes nonsense for the default', query: 'offset=-1&limit=x', is: ['api', 'shop', 'web'] },
  { why: 'starts no further than the end', query: 'offset=99', is: [] },
])('the catalog $why', ({ query, is }) => {
  const { services } = found([service('web'), service('api'), service('shop')], query);
  expect(services.map(({ name }) => name.split('.')[0])).toEqual(is);
});

test('however much is asked for, a page and a service stay small', () => {
  const page = found(MANY, 'limit=100000');
  expect([page.total, page.services.length]).toEqual([300, 200]);
  expect(found([service('big', 'f', 5000)], '').services[0].instances).toHaveLength(20);
});

test('the list is made once a second at most', async () => {
  const clock = new SimulatedClock();
  let made = 0;
  const ask = catalog(() => {
    made++;
    return MANY;
  }, clock);
  ask(new URLSearchParams());
  ask(new URLSearchParams('search=a'));
  expect(made).toBe(1);
  await clock.advance(1000);
  ask(new URLSearchParams());
  expect(made).toBe(2);
});
