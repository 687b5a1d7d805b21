import { describe, expect, test } from 'vitest';
import { knownName, recordValue } from '../../src/dns/index.ts';
import {
  type IpSource,
  namingRules,
  reachableAddresses,
  recordBook,
} from '../../src/records/index.ts';
import { publishedName } from '../../src/records/published-name.ts';
import { fixture, stateOf } from '../fakes/state-file.ts';

interface Golden {
  readonly config: {
    readonly domain: string;
    readonly SOAMname: string;
    readonly IPSources?: readonly IpSource[];
    readonly SRVRecordDefaultWeight?: number;
    readonly masters: readonly string[];
    readonly listener: string;
    readonly ttl: number;
  };
  readonly queries: readonly {
    readonly q: string;
    readonly t: string;
    readonly k?: string;
    readonly r: { readonly rc: string; readonly an?: readonly string[] };
  }[];
}

const TYPES = ['A', 'AAAA', 'SRV'];

describe.each(['small-mixed', 'awkward-names', 'discovery-and-hot'])('golden %s', name => {
  const { config, queries } = JSON.parse(fixture(`oracle/golden-${name}.json.gz`)) as Golden;
  const rules = namingRules({
    domain: knownName(config.domain),
    ipSources: config.IPSources ?? ['netinfo', 'mesos', 'host'],
    enforceRfc952: false,
    srvWeight: config.SRVRecordDefaultWeight ?? 1,
    nameServer: knownName(config.SOAMname),
  });
  const state = stateOf(fixture(`oracle/state-${name}.json.gz`), config.masters);
  const book = recordBook(rules);
  const { changes } = book.update({ state, touched: 'all', faults: [] });
  const own = book.reachAt(reachableAddresses([config.listener], []));
  const records = [...changes.values(), ...own.changes.values()].flat();
  const zone = Map.groupBy(records, ({ owner, type }) => `${owner} ${type}`);

  // Stars are the business of the look-up; a silent reference says nothing about the records.
  const asked = queries.filter(
    ({ q, t, k }) => TYPES.includes(t) && !q.includes('*') && k !== 'no-reply',
  );

  test.each(TYPES)('every %s answer of the reference is among our records, and no other', type => {
    const ofType = asked.filter(({ t }) => t === type);
    expect(ofType.length).toBeGreaterThan(20);
    for (const { q, r } of ofType) {
      const owner = publishedName(q.toLowerCase());
      const ours = (owner && zone.get(`${owner} ${type}`)) ?? [];
      expect([...new Set(ours.map(recordValue))].toSorted(), q).toEqual(
        (r.an ?? []).map(value).toSorted(),
      );
    }
  });

  test('no source holds a record twice', () => {
    for (const [source, made] of changes) {
      const texts = made.map(record => `${record.owner} ${record.type} ${recordValue(record)}`);
      expect(new Set(texts).size, source).toBe(texts.length);
    }
  });
});

/** `web.mesos. 60 SRV 0 1 31000 web-x.mesos.` without owner, TTL and type. */
function value(text: string): string {
  return text.split(' ').slice(3).join(' ').toLowerCase();
}
