import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { testAsRoot } from '../fakes/real-programs.ts';
import { untilTrue } from '../fakes/until-true.ts';
import { PROJECT } from '../paths.ts';
import { type ServedNamespace, serveInNamespace } from './served-namespace.ts';

interface Target {
  readonly refId: string;
  readonly expr: string;
}

interface Panel {
  readonly title: string;
  readonly targets: readonly Target[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
}

const { panels, templating } = JSON.parse(
  readFileSync(join(PROJECT, 'config/grafana/mesonym.json'), 'utf8'),
) as { panels: readonly Panel[]; templating: { list: readonly Variable[] } };
const EXPRESSIONS = panels.flatMap(({ title, targets }) =>
  targets.map(({ refId, expr }) => ({ title, refId, expr })),
);

/** `label_values(SERIES, LABEL)`, which Grafana asks Prometheus for by the label and `match[]`. */
const VARIABLES = templating.list
  .filter(({ type }) => type === 'query')
  .map(({ name, query }) => ({ name, parts: /^label_values\((.+), (\w+)\)$/.exec(query)! }));

const HTTP = '10.0.0.1:8123';
/** Nobody answers there, so that upstreams fail. */
const DEAD = '10.0.0.99';
const SECONDARY = '10.0.0.8';
const SETTINGS = {
  listeners: ['10.0.0.1'],
  httpListener: '10.0.0.1',
  // The second has no master: what it fails by is counted.
  masters: ['127.0.0.1:5999', '127.0.0.1:5050'],
  externalOn: true,
  resolvers: [DEAD],
  secondaries: [{ address: SECONDARY }],
};
/** The last two cannot be used whole: a port that is none, a name that makes no label. Both are counted. */
const SERVICES = [
  { name: 'web', instances: [['10.9.8.1'], ['10.9.8.2']] },
  { name: 'odd', instances: [['10.9.8.4']], ports: [Number.NaN] },
  { name: '!!!', instances: [['10.9.8.3']] },
];

/** A secondary as far as NOTIFY goes: says yes to each (RFC 1996 section 4.7). */
const ACKNOWLEDGE = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("${SECONDARY}", 53))
print("ready", flush=True)
while True:
    octets, sender = s.recvfrom(512)
    s.sendto(octets[:2] + bytes([octets[2] | 0x80]) + octets[3:], sender)
`;

const dashboardTest = testAsRoot(
  'unshare',
  'nsenter',
  'ip',
  'curl',
  'dig',
  'python3',
  'prometheus',
);

describe('the dashboard, asked of a Prometheus that scrapes us', () => {
  let namespace: ServedNamespace;

  beforeAll(async () => {
    namespace = await serveInNamespace(SERVICES, SETTINGS, ['10.0.0.1/24', `${SECONDARY}/24`]);
    await namespace.start(/^ready$/, 'python3', '-c', ACKNOWLEDGE);
    await namespace.run('dig', '@10.0.0.1', '+tries=1', '+time=1', 'www.example.org');
    await namespace.run('dig', '@10.0.0.1', '+tcp', '+short', 'web.marathon.mesos');
    await startPrometheus(namespace);
  });
  afterAll(() => namespace.close());

  /** What Prometheus's API says, with the dashboard's variables standing for everything. */
  const ask = async <Data>(path: string, name: string, text: string): Promise<Data> => {
    const value = text.replaceAll(/\$(?:job|instance)\b/g, '.*');
    const url = `http://127.0.0.1:9090/api/v1/${path}`;
    const words = ['-s', '-G', '--data-urlencode', `${name}=${value}`, url];
    const { output } = await namespace.run('curl', ...words);
    const { data, error } = JSON.parse(output) as { data: Data; error?: string };
    expect(error, value).toBeUndefined();
    return data;
  };

  dashboardTest.each(EXPRESSIONS)('$title ($refId) gives series', async ({ expr }) => {
    const hasSeries = async () => {
      const { result } = await ask<{ result: readonly unknown[] }>('query', 'query', expr);
      return result.length > 0;
    };
    await untilTrue(`series of ${expr}`, hasSeries, 15_000);
  });

  dashboardTest.each(VARIABLES)('the variable $name has values', async ({ name, parts }) => {
    const [, of, label] = parts;
    expect(label).toBe(name);
    expect(await ask(`label/${label}/values`, 'match[]', of)).toHaveLength(1);
  });
});

/** Scrapes so often that rates are known after two seconds. */
function startPrometheus(namespace: ServedNamespace) {
  const { folder } = namespace;
  const file = join(folder, 'prometheus.yml');
  writeFileSync(
    file,
    `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: mesonym
    static_configs:
      - targets: ["${HTTP}"]
`,
  );
  return namespace.start(
    /Server is ready/,
    'prometheus',
    `--config.file=${file}`,
    `--storage.tsdb.path=${folder}/data`,
    '--web.listen-address=127.0.0.1:9090',
  );
}
