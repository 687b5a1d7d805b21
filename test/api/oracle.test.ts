import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import {
  enumerate,
  type IpSource,
  reachableAddresses,
  recordBook,
} from '../../src/records/index.ts';
import { publishedName } from '../../src/records/published-name.ts';
import { rulesWith } from '../fakes/cluster.ts';
import { ask, readableZone, serveApi } from '../fakes/served-api.ts';
import { fixture, stateOf } from '../fakes/state-file.ts';

interface Golden {
  readonly config: {
    readonly domain: string;
    readonly SOAMname: string;
    readonly SOARname: string;
    readonly IPSources?: readonly IpSource[];
    readonly SRVRecordDefaultWeight?: number;
    readonly masters: readonly string[];
    readonly listener: string;
    readonly ttl: number;
    readonly refreshSeconds: number;
  };
  readonly http: readonly HttpGolden[];
}

interface HttpGolden {
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly accept?: string;
  readonly body?: { readonly json?: unknown };
}

/** Settings are the business of config; listings too long to be kept are only a digest. */
const NOT_HERE = ['/v1/config'];

describe.each(['small-mixed', 'awkward-names', 'discovery-and-hot'])('golden %s', name => {
  const { config, http } = JSON.parse(fixture(`oracle/golden-${name}.json.gz`)) as Golden;
  let api: Awaited<ReturnType<typeof serveApi>>;

  beforeAll(async () => {
    const rules = rulesWith({
      domain: knownName(config.domain),
      ipSources: config.IPSources ?? ['netinfo', 'mesos', 'host'],
      srvWeight: config.SRVRecordDefaultWeight ?? 1,
      nameServer: knownName(config.SOAMname),
    });
    const state = stateOf(fixture(`oracle/state-${name}.json.gz`), config.masters);
    const book = recordBook(rules);
    const { changes } = book.update({ state, touched: 'all', faults: [] });
    const own = book.reachAt(reachableAddresses([config.listener], [])).changes;
    const zone = readableZone(
      [...changes.values(), ...own.values()].flat(),
      config.domain,
      config.SOAMname,
    );
    const mailbox = knownName(config.SOARname.replace('@', '.'));
    api = await serveApi({
      zone: { ...zone, soa: { ...zone.soa, mailbox } },
      ttlSeconds: config.ttl,
      refreshSeconds: config.refreshSeconds,
      enumerate: () => enumerate(state, rules),
    });
  });
  afterAll(() => api.close());

  test('every reply of the reference is ours, but for records nobody can ask for', async () => {
    const asked = http.filter(({ path }) => !NOT_HERE.includes(path));
    expect(asked.length).toBeGreaterThan(50);
    for (const { path, status, type, accept, body } of asked) {
      const answer = await ask(`${api.url}${path}`, { headers: accept ? { accept } : {} });
      expect(answer.status, path).toBe(status);
      expect(answer.headers['content-type']?.split(';')[0], path).toBe(type.split(';')[0]);
      if (body?.json === undefined) continue;
      expect(normal(path, JSON.parse(answer.body)), path).toEqual(normal(path, body.json));
    }
  });

  test('no Accept that leaves JSON out is served', async () => {
    const { status, headers } = await ask(`${api.url}/v1/version`, {
      headers: { accept: 'text/html' },
    });
    expect([status, headers['content-type']]).toEqual([406, 'text/plain; charset=utf-8']);
  });
});

/** A form in which array order and serial do not count, without the names nobody can ask for. */
function normal(path: string, json: unknown): unknown {
  if (path === '/v1/axfr') return normalZone(json as ZoneJson);
  return sorted(path === '/v1/enumerate' ? normalTasks(json as TasksJson) : json);
}

interface ZoneJson {
  readonly Serial: number;
  readonly Records: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

function normalZone({ Serial: _serial, Records, ...head }: ZoneJson) {
  const sets = Object.entries(Records).map(([kind, names]) => [
    kind,
    Object.fromEntries(
      Object.entries(names)
        .filter(([owner]) => canAsk(owner))
        .map(([owner, values]) => [
          owner,
          values.filter(value => kind !== 'SRVs' || canAsk(targetOf(value))).toSorted(),
        ])
        .filter(([, values]) => values.length > 0),
    ),
  ]);
  return { ...head, Records: Object.fromEntries(sets) };
}

interface TasksJson {
  readonly frameworks: readonly {
    readonly name: string;
    readonly tasks: readonly {
      readonly records: readonly { name: string; host: string; rtype: string }[] | null;
    }[];
  }[];
}

function normalTasks({ frameworks }: TasksJson) {
  return frameworks.map(framework => ({
    ...framework,
    tasks: framework.tasks.map(task => ({
      ...task,
      records: (task.records ?? []).filter(
        ({ name, host, rtype }) => canAsk(name) && (rtype !== 'SRV' || canAsk(targetOf(host))),
      ),
    })),
  }));
}

const canAsk = (name: string) => publishedName(name) !== undefined;
const targetOf = (value: string) => value.replace(/:\d+$/, '');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
