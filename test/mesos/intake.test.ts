import { expect, test } from 'vitest';
import type { ClusterUpdate } from '../../src/mesos/cluster-state.ts';
import { openIntake } from '../../src/mesos/intake.ts';
import { quietLog } from '../../src/runtime/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { stateOf } from './fixtures.ts';

/** An intake whose updates and host names are kept; `fails` says for which update taking it fails. */
function start(fails: (count: number) => boolean = () => false) {
  const updates: ClusterUpdate[] = [];
  const hosts: (readonly string[])[] = [];
  let count = 0;
  const intake = openIntake(
    { clock: new SimulatedClock(), log: quietLog(), onDoubt: () => {}, onCondition: () => {} },
    update => {
      if (fails(++count)) throw new Error('the zone could not be built');
      updates.push(update);
    },
    names => hosts.push([...names]),
  );
  const load = (...tasks: readonly string[]) => {
    const body = intake.openState();
    body.write(Buffer.from(stateOf('master@127.0.0.1:5050', tasks)));
    body.finish();
  };
  return { intake, updates, hosts, load };
}

test('a change that could not be taken is told again, as a state without past', () => {
  const { updates, load } = start(count => count === 2);
  load('web');
  load('web', 'db');
  load('web', 'db', 'mail');
  expect(updates.map(({ touched }) => touched === 'all')).toEqual([true, true, false]);
  expect(updates.map(({ state }) => state.tasks.size)).toEqual([1, 2, 3]);
});

test('host names are told when agents, frameworks or masters change, addresses never', () => {
  const { intake, hosts, load } = start();
  load('web');
  load('web', 'db');
  intake.setMasters([
    { host: 'm1.example', port: 5050 },
    { host: '10.0.0.1', port: 5050 },
  ]);
  expect(hosts).toEqual([[], ['m1.example']]);
});
