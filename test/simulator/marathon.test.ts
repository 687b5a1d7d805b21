import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { type MarathonAppJson, startCluster } from '../../src/simulator/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { PROJECT } from '../paths.ts';
import { WEB, WORKER } from './app-json.ts';

interface StateTask {
  readonly id: string;
  readonly name: string;
  readonly slave_id: string;
  readonly resources: { readonly ports?: string };
  readonly discovery: { readonly name: string; readonly ports: { readonly ports?: object[] } };
  readonly statuses: { readonly container_status: { readonly network_infos: object[] } }[];
}

const app = (name: string): MarathonAppJson =>
  JSON.parse(readFileSync(join(PROJECT, `config/apps/${name}.json`), 'utf8'));

/** The tasks of `/state` after launching an app on a cluster of three agents. */
async function tasksOf(json: MarathonAppJson): Promise<StateTask[]> {
  const clock = new SimulatedClock();
  const cluster = await startCluster({ clock, random: seededRandom(7) });
  await cluster.launch(json);
  const state = JSON.parse(JSON.stringify(cluster.state())) as {
    frameworks: { tasks: StateTask[] }[];
  };
  await cluster.close();
  return state.frameworks.flatMap(({ tasks }) => tasks);
}

test.each([
  { id: 'apache2', name: 'apache2', prefix: 'apache2' },
  { id: '/apache2', name: 'apache2', prefix: 'apache2' },
  { id: '/folder/sub/app', name: 'app.sub.folder', prefix: 'folder_sub_app' },
  { id: '/folder/my.app', name: 'my.app.folder', prefix: 'folder_my.app' },
])('the task of $id is called $name', async ({ id, name, prefix }) => {
  const [task] = await tasksOf({ ...WORKER, id });
  expect(task.name).toBe(name);
  expect(task.discovery.name).toBe(name);
  const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
  expect(task.id).toMatch(new RegExp(`^${prefix}\\.instance-${uuid}\\._app\\.1$`));
});

test.each([{ id: '' }, { id: '/' }, { id: '/Shop' }, { id: '/a_b' }])('id $id is no path', async ({
  id,
}) => {
  await expect(tasksOf({ ...WORKER, id })).rejects.toMatchObject({ code: 'ERR_MARATHON_APP' });
});

describe('ports and networks', () => {
  test('apache2: a host port on the bridge, each instance on an agent of its own', async () => {
    const tasks = await tasksOf(app('apache2'));
    expect(new Set(tasks.map(task => task.slave_id)).size).toBe(2);
    const labels = { labels: [{ key: 'network-scope', value: 'host' }] };
    for (const task of tasks) {
      expect(task.resources.ports).toBe('[31000-31000]');
      expect(task.discovery.ports.ports).toEqual([{ number: 31000, protocol: 'tcp', labels }]);
      expect(address(task)).toMatch(/^172\.17\.\d\.2$/);
    }
  });

  test('rabbitmq: its own ports on a container network', async () => {
    const [task] = await tasksOf(app('rabbitmq'));
    const labels = {
      labels: [
        { key: 'network-scope', value: 'container' },
        { key: 'network-name', value: 'overlay' },
      ],
    };
    expect(task.resources.ports).toBeUndefined();
    expect(task.discovery.ports.ports).toEqual([
      { number: 5672, name: 'amqp', protocol: 'tcp', labels },
      { number: 15672, name: 'management', protocol: 'tcp', labels },
      { number: 25672, name: 'cluster', protocol: 'tcp', labels },
    ]);
    expect(address(task)).toMatch(/^10\.32\.\d\.2$/);
  });

  test('host networking: the agent’s address, a port without a scope', async () => {
    const [task] = await tasksOf(WORKER);
    expect(task.discovery.ports.ports).toEqual([
      { number: 31000, name: 'metrics', protocol: 'tcp' },
    ]);
    expect(address(task)).toMatch(/^127\.0\.1\.\d$/);
  });

  test('"tcp,udp" becomes two ports of one number', async () => {
    const portDefinitions = [{ port: 9000, name: 'dns', protocol: 'tcp,udp' }];
    const [task] = await tasksOf({ ...WORKER, portDefinitions });
    expect(task.discovery.ports.ports).toEqual([
      { number: 9000, name: 'dns', protocol: 'tcp' },
      { number: 9000, name: 'dns', protocol: 'udp' },
    ]);
  });

  test('no ports: an empty object', async () => {
    const [task] = await tasksOf({ id: 'quiet' });
    expect(task.discovery.ports).toEqual({});
  });
});

test('never more instances than hosts when hosts must be unique', async () => {
  expect(await tasksOf({ ...WEB, instances: 9 })).toHaveLength(3);
});

function address(task: StateTask): unknown {
  const [info] = task.statuses.at(-1)!.container_status.network_infos as {
    readonly ip_addresses: readonly { readonly ip_address: string }[];
  }[];
  return info.ip_addresses[0].ip_address;
}
