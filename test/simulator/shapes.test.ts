import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { type SimulatedCluster, startCluster } from '../../src/simulator/index.ts';
import { jsonShape } from '../fakes/json-shape.ts';
import { recordedAnswer } from '../fakes/mesos-recordings.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { WEB, WORKER } from './app-json.ts';

let cluster: SimulatedCluster;
beforeAll(async () => {
  cluster = await startCluster({ clock: new SimulatedClock(), random: seededRandom(1), agents: 2 });
  await cluster.launch(WEB);
  await cluster.launch(WORKER);
  await cluster.killTask(cluster.running.at(-1)!.id);
});
afterAll(() => cluster.close());

/** Where the recorded cluster had nothing of the kind, or where names are free. */
const OPEN = ['.flags', 'container', 'attributes', 'domain', 'http', 'executors'];

function comparable(text: string) {
  const withoutOpen = JSON.parse(text, (key, value) =>
    OPEN.some(open => key === open || `.${key}` === open) ? undefined : value,
  );
  // The recorded tasks that ended had no ports: what ended is compared with all tasks.
  return jsonShape([withoutOpen], place => place.replaceAll('.completed_tasks', '.tasks'));
}

const call = (type: string) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ type }),
});

describe.each([
  { what: '/state', recording: 'state', init: {} },
  { what: '/master/state', recording: 'state', init: {} },
  { what: '/slaves', recording: 'slaves', init: {} },
  { what: '/frameworks', recording: 'frameworks', init: {} },
  { what: '/tasks', recording: 'tasks', init: {} },
  { what: '/state-summary', recording: 'state-summary', init: {} },
  { what: '/version', recording: 'version', init: {} },
  { what: '/api/v1', recording: 'v1_GET_STATE', init: call('GET_STATE') },
  { what: '/api/v1', recording: 'v1_GET_TASKS', init: call('GET_TASKS') },
  { what: '/api/v1', recording: 'v1_GET_AGENTS', init: call('GET_AGENTS') },
  { what: '/api/v1', recording: 'v1_GET_FRAMEWORKS', init: call('GET_FRAMEWORKS') },
  { what: '/api/v1', recording: 'v1_GET_MASTER', init: call('GET_MASTER') },
  { what: '/api/v1', recording: 'v1_GET_VERSION', init: call('GET_VERSION') },
  { what: '/api/v1', recording: 'v1_GET_HEALTH', init: call('GET_HEALTH') },
])("the leader's $what has the shape of $recording as recorded", ({ what, recording, init }) => {
  test('no key is invented, none is missing', async () => {
    const response = await fetch(`http://${cluster.addresses[0]}${what}`, init);
    const real = recordedAnswer(`http/leader.${recording}.http`);
    const ours = comparable(await response.text());
    const theirs = comparable(real.body);
    expect([...ours.ever].filter(key => !theirs.ever.has(key))).toEqual([]);
    // What every recorded object has, ours has too, wherever we have such an object.
    const places = new Set([...ours.ever].map(placeOf));
    const wanted = [...theirs.always].filter(key => places.has(placeOf(key)));
    expect(wanted.filter(key => !ours.always.has(key))).toEqual([]);
    expect(response.status).toBe(real.status);
    expect(response.headers.get('content-type')).toBe(real.headers.get('content-type'));
  });
});

function placeOf(key: string): string {
  return key.slice(0, key.replace(/: \w+$/, '').lastIndexOf('.'));
}
