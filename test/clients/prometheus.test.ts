import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { findProgram, testAsRoot } from '../fakes/real-programs.ts';
import { untilTrue } from '../fakes/until-true.ts';
import { PROJECT } from '../paths.ts';
import { clientSettings } from './client-settings.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

const INSTANCES = 40;
/** Mesonym's own metrics stand for those of the tasks: it listens at the agents' addresses too. */
const PORT = 8123;
const SERVICES = [
  {
    name: 'apache2',
    instances: Array.from({ length: INSTANCES }, () => []),
    ports: [PORT],
  },
  { name: 'rabbitmq', instances: [['10.9.1.3'], ['10.9.1.4']] },
];
const SETTINGS = { listeners: ['10.0.0.1', '10.0.0.2'], httpListener: '0.0.0.0', httpPort: PORT };

const prometheusTest = testAsRoot('unshare', 'nsenter', 'ip', 'curl', 'prometheus', 'promtool');

describe('Prometheus beside the running product', () => {
  let namespace: ServedNamespace;
  beforeAll(async () => {
    const addresses = ['10.0.0.1/24', '10.0.0.2/24', '10.9.1.254/24'];
    namespace = await serveInNamespace(SERVICES, SETTINGS, addresses);
    namespace.setResolvConf(clientSettings('resolv.conf'));
    await startPrometheus(namespace);
  });
  afterAll(() => namespace.close());

  const get = async (url: string) => (await namespace.run('curl', '-s', url)).output;

  /** The places of a job's targets that were scraped. */
  const scraped = async (job: string) => {
    const { data } = JSON.parse(await get('http://127.0.0.1:9090/api/v1/targets')) as Targets;
    return data.activeTargets
      .filter(({ labels, health }) => labels.job === job && health === 'up')
      .map(({ labels }) => labels.instance);
  };

  prometheusTest('scrapes us, with the labels that the rules expect', async () => {
    await untilTrue('both servers are up', async () => (await scraped('mesonym')).length === 2);
    const query = 'http://127.0.0.1:9090/api/v1/query?query=mesonym_zone_records';
    await untilTrue('there are samples', async () =>
      (await get(query)).includes('"job":"mesonym"'),
    );
  });

  prometheusTest(
    'finds and scrapes every instance by SRV, more than one UDP response holds',
    async () => {
      await untilTrue('all are up', async () => (await scraped('apache2')).length === INSTANCES);
      const places = new Set(await scraped('apache2'));
      expect(places.size).toBe(INSTANCES);
      for (const place of places) {
        expect(place).toMatch(/^apache2-\w{5}-s\d+\.marathon\.slave\.mesos\.?:8123$/);
      }
    },
  );

  prometheusTest('finds and scrapes instances by A', async () => {
    await untilTrue('both are up', async () => (await scraped('rabbitmq')).length === 2);
    expect((await scraped('rabbitmq')).sort()).toEqual(['10.9.1.3:8123', '10.9.1.4:8123']);
  });

  prometheusTest('has nothing to say against our metrics', async () => {
    const metrics = await get(`http://10.0.0.1:${PORT}/metrics`);
    expect(metrics).toMatch(/^mesonym_dns_queries_total\{/m);
    const { status, stdout, stderr } = spawnSync(findProgram('promtool')!, ['check', 'metrics'], {
      input: metrics,
      encoding: 'utf8',
    });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });
});

interface Targets {
  readonly data: {
    readonly activeTargets: readonly {
      readonly health: string;
      readonly labels: { readonly job: string; readonly instance: string };
    }[];
  };
}

/** Starts it with the settings of config/clients, in a hurry. */
function startPrometheus(namespace: ServedNamespace) {
  const { folder } = namespace;
  const file = join(folder, 'prometheus.yml');
  const text = clientSettings('prometheus.yml', {
    '../prometheus': join(PROJECT, 'config/prometheus'),
    'port: 15692': `port: ${PORT}`,
  });
  writeFileSync(file, `global: { scrape_interval: 1s, scrape_timeout: 1s }\n${text}`);
  return namespace.start(
    /Server is ready/,
    'prometheus',
    `--config.file=${file}`,
    `--storage.tsdb.path=${folder}/data`,
    '--web.listen-address=127.0.0.1:9090',
  );
}
