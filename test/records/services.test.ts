import { expect, test } from 'vitest';
import { servicesOf } from '../../src/records/index.ts';
import { clusterWith, rulesWith, taskWith } from '../fakes/cluster.ts';

test('tasks of one name in one framework are one service', () => {
  const tasks = [
    taskWith({ id: 'a', hostPorts: [31000], isHealthy: true }),
    taskWith({ id: 'b', name: 'Web', isHealthy: false }),
    taskWith({ id: 'c', name: 'staging', state: 'TASK_STAGING' }),
    taskWith({
      id: 'd',
      hostPorts: [31001],
      discovery: {
        name: 'shop.prod',
        ports: [{ number: 80, name: undefined, protocol: 'tcp', scope: undefined }],
      },
    }),
  ];
  const services = servicesOf(clusterWith({ tasks }), rulesWith());
  expect(services.map(({ name, instanceCount }) => [name, instanceCount])).toEqual([
    ['web.marathon.mesos.', 2],
    ['shop-prod.marathon.mesos.', 1],
  ]);
  expect(services[0].instances()[0]).toEqual({
    taskId: 'a',
    agent: '10.0.0.7',
    addresses: ['172.17.0.2'],
    ports: [31000],
    isHealthy: true,
  });
  expect(services[1].instances()[0].ports).toEqual([80]);
});
