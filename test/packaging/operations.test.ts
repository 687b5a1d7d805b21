import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli.ts';
import { CATALOGUE } from '../../src/metrics/index.ts';
import { findProgram, testWith } from '../fakes/real-programs.ts';
import { FakeShell } from '../fakes/shell.ts';
import { PROJECT } from '../paths.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly datasource: unknown;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
  }[];
}

/** How Grafana names the data source that was chosen at the top of the page. */
const VARIABLE = /^\$\{datasource\}$/;
const FOLDER = join(PROJECT, 'config/prometheus');
const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const RULES = readdirSync(FOLDER).filter(file => file.endsWith('.rules.yml'));

describe('Prometheus rules', () => {
  testWith('promtool')('promtool can read them, and their own tests pass', () => {
    const promtool = findProgram('promtool')!;
    const checked = execFileSync(promtool, ['check', 'rules', ...RULES], {
      cwd: FOLDER,
      encoding: 'utf8',
    });
    expect(checked).toContain('15 rules found');
    const tested = execFileSync(promtool, ['test', 'rules', 'rules.test.yml'], {
      cwd: FOLDER,
      encoding: 'utf8',
    });
    expect(tested).toContain('SUCCESS');
  });

  test('every alert is tested: when it is raised, and that a healthy server raises none', () => {
    const alerts = [...read('config/prometheus/alert.rules.yml').matchAll(/- alert: (\w+)/g)];
    const tested = read('config/prometheus/rules.test.yml');
    const [healthy] = tested.split('  - name: a stale zone');
    for (const [, alert] of alerts) {
      expect(healthy).toContain(`alertname: ${alert} }`);
      expect(tested).toContain(`alertname: ${alert}\n        exp_alerts:\n          - exp_labels`);
    }
  });

  test('every alert of the rules is sent by a summary that names the instance', () => {
    const text = read('config/prometheus/alert.rules.yml');
    const summaries = [...text.matchAll(/summary: "(.*)"/g)].map(([, summary]) => summary);
    expect(summaries).toHaveLength([...text.matchAll(/- alert:/g)].length);
    for (const summary of summaries) expect(summary).toContain('{{ $labels.instance }}');
  });
});

test.each([
  ...RULES.map(file => `config/prometheus/${file}`),
  'config/grafana/mesonym.json',
])('%s names only metrics that exist', path => {
  const named = [...read(path).matchAll(/\bmesonym_[a-z0-9_]+/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(0);
  const known = new Set(Object.keys(CATALOGUE));
  const unknown = named.filter(
    name => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, '')),
  );
  expect(unknown).toEqual([]);
});

describe('the Grafana dashboard', () => {
  const { panels, templating, ...dashboard } = JSON.parse(read('config/grafana/mesonym.json')) as {
    panels: Panel[];
    templating: { list: { name: string; type: string; query: string }[] };
    uid: string;
    schemaVersion: number;
  };

  test('has an address of its own, and asks for its data source', () => {
    expect(dashboard.uid).toMatch(/^[\w-]{1,40}$/);
    expect(dashboard).not.toHaveProperty('id');
    expect(dashboard.schemaVersion).toBeGreaterThan(30);
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance']);
    expect(templating.list[0]).toMatchObject({ type: 'datasource', query: 'prometheus' });
  });

  test('no two panels share an id, a title or a place, and none is outside of the grid', () => {
    for (const key of ['id', 'title'] as const) {
      expect(new Set(panels.map(panel => panel[key])).size).toBe(panels.length);
    }
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  test.each(panels)('$title is a panel that Grafana knows', ({ type, datasource, ...panel }) => {
    expect(type).toBe('timeseries');
    expect(datasource).toEqual({ type: 'prometheus', uid: expect.stringMatching(VARIABLE) });
    expect(panel.fieldConfig.defaults.unit).toMatch(/^(reqps|s|bytes|percentunit|short)$/);
    const ids = panel.targets.map(({ refId }) => refId);
    expect(ids).toEqual(['A', 'B', 'C'].slice(0, ids.length));
    const defined = templating.list.map(({ name }) => name);
    for (const { expr, legendFormat } of panel.targets) {
      expect(legendFormat).not.toBe('');
      const used = [...expr.matchAll(/\$(\w+)/g)].map(([, name]) => name);
      expect(used.filter(name => !defined.includes(name))).toEqual([]);
      expect(expr).toContain('{job=~"$job",instance=~"$instance"}');
    }
  });
});

test('the Marathon app runs a config that can be used', async () => {
  const app = JSON.parse(read('config/marathon.json')) as {
    env: Record<string, string>;
    args: string[];
  };
  const shell = new FakeShell();
  Object.assign(shell.environment, app.env);
  expect(await runCli(['check'], '1.0.0', shell)).toBe(0);
  expect(app.args).toEqual(['serve']);
});

describe('the systemd unit', () => {
  const unit = read('config/mesonym.service');

  test.each([
    { why: 'does not run as root', line: 'DynamicUser=yes' },
    {
      why: 'may bind port 53, and nothing more',
      line: 'CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
    },
    { why: 'lets V8 compile', line: 'MemoryDenyWriteExecute=no' },
    {
      why: 'may look at the interfaces',
      line: 'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    },
    { why: 'says when it is ready', line: 'Type=notify' },
    { why: 'is started anew when it gives no sign of life', line: 'WatchdogSec=60' },
    { why: 'reloads by signal', line: "ExecReload=/bin/sh -c 'kill -HUP $MAINPID'" },
    { why: 'keeps its snapshot', line: 'StateDirectory=mesonym' },
  ])('$why', ({ line }) => {
    expect(unit.split('\n')).toContain(line);
  });
});

testWith('systemd-analyze')(
  'systemd finds no fault in the unit, and little that is exposed',
  () => {
    const analyze = (...words: string[]) =>
      spawnSync(findProgram('systemd-analyze')!, [...words, 'config/mesonym.service'], {
        cwd: PROJECT,
        encoding: 'utf8',
      });
    // The page is not installed where the tests run.
    const { status, stderr } = analyze('verify', '--man=no');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // Of 10.0; the network and V8's compiler are what is left.
    expect(analyze('security', '--offline=yes', '--threshold=20').status).toBe(0);
  },
);

describe('the Dockerfile', () => {
  const steps = read('Dockerfile')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter(line => /^[A-Z]+ /.test(line));
  const last = steps.slice(steps.findLastIndex(step => step.startsWith('FROM ')));

  test('copies only what exists', () => {
    const sources = steps
      .filter(step => /^COPY (?!--from)/.test(step))
      .flatMap(step => step.split(/\s+/).slice(1, -1));
    expect(sources.filter(path => !existsSync(join(PROJECT, path)))).toEqual([]);
    const allowed = read('.dockerignore').split('\n');
    expect(sources.filter(path => !allowed.includes(`!${path}`))).toEqual([]);
  });

  test('keeps koffi: its compiled half is an optional dependency', () => {
    expect(steps.filter(step => step.includes('--omit=optional'))).toEqual([]);
    expect(steps).toContain('RUN cd dist && npm ci --omit=dev');
  });

  test('runs without root, and is checked by our own command', () => {
    expect(last).toContain('USER nonroot');
    expect(last.find(step => step.startsWith('HEALTHCHECK'))).toMatch(
      /mesonym\.js", "healthcheck"\]$/,
    );
    expect(last.find(step => step.startsWith('ENTRYPOINT'))).toContain('/mesonym/src/mesonym.js');
    expect(steps.some(step => step.includes('cap_net_bind_service=+ep'))).toBe(true);
  });
});
