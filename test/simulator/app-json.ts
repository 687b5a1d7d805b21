import type { MarathonAppJson } from '../../src/simulator/index.ts';

/** An app on the Docker bridge, one instance an agent. */
export const WEB: MarathonAppJson = {
  id: '/shop/web',
  instances: 2,
  cpus: 0.1,
  mem: 32,
  constraints: [['hostname', 'UNIQUE']],
  container: {
    type: 'DOCKER',
    docker: {
      image: 'shop/web',
      network: 'BRIDGE',
      portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp', name: 'http' }],
    },
  },
  labels: { HAPROXY_GROUP: 'external' },
  healthChecks: [{ protocol: 'MESOS_HTTP', path: '/' }],
};

/** A plain app with host networking, as many instances as wanted on an agent. */
export const WORKER: MarathonAppJson = {
  id: 'worker',
  cpus: 0.1,
  mem: 32,
  portDefinitions: [{ port: 0, name: 'metrics', protocol: 'tcp' }],
};
