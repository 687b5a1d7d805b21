import { type ResourceRecord, type RRset, recordValue } from '../dns/index.ts';
import type { EnumeratedFramework, EnumeratedTask } from '../records/index.ts';
import type { ApiSources } from './sources.ts';

const SETS = { As: 'A', AAAAs: 'AAAA', SRVs: 'SRV' } as const;

/** The whole zone as `/v1/axfr` tells it: TTL, serial and so on, then the three sets. */
export function* zoneListing(sources: ApiSources): Generator<string> {
  const { zone, ttlSeconds, refreshSeconds } = sources;
  const rrsets = zone.rrsets();
  const head = {
    TTL: ttlSeconds,
    Serial: zone.serial,
    RefreshSeconds: refreshSeconds,
    Mname: zone.soa.primary,
    Rname: zone.soa.mailbox,
    Domain: zone.origin.slice(0, -1),
  };
  yield JSON.stringify(head, undefined, 1).slice(0, -'\n}'.length);
  yield ',\n "Records": {';
  yield* joined(Object.entries(SETS).map(([key, type]) => setPieces(key, type, rrsets)));
  yield '\n }\n}\n';
}

function* setPieces(key: string, type: string, rrsets: readonly RRset[]): Generator<string> {
  yield `\n  "${key}": {`;
  yield* joined(rrsets.filter(rrset => rrset.type === type).map(rrsetPieces));
  yield '\n  }';
}

function* rrsetPieces({ owner, records }: RRset): Generator<string> {
  yield `\n   ${JSON.stringify(owner)}: ${JSON.stringify(records.map(value))}`;
}

/** Frameworks, tasks and records as `/v1/enumerate` tells them. */
export function* taskListing(frameworks: Iterable<EnumeratedFramework>): Generator<string> {
  yield '{\n "frameworks": [';
  yield* joined(mapped(frameworks, frameworkPieces));
  yield '\n ]\n}\n';
}

function* frameworkPieces({ name, tasks }: EnumeratedFramework): Generator<string> {
  yield '\n  {\n   "tasks": [';
  yield* joined(mapped(tasks, taskPieces));
  yield `\n   ],\n   "name": ${JSON.stringify(name)}\n  }`;
}

/** A task all of whose records an earlier one made has `null`, as in Mesos-DNS. */
function* taskPieces({ name, id, records }: EnumeratedTask): Generator<string> {
  const listed = records.map(record => ({
    name: record.owner,
    host: value(record),
    rtype: record.type,
  }));
  yield `\n    ${JSON.stringify({ name, id, records: listed.length > 0 ? listed : null })}`;
}

/** What Mesos-DNS keeps of a record: an address, or `target:port`. */
function value(record: ResourceRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address;
    case 'SRV':
      return `${record.target}:${record.port}`;
    case 'NS':
    case 'PTR':
    case 'CNAME':
      return record.target;
    case 'TXT':
      return recordValue(record);
    default:
      return record satisfies never;
  }
}

function* joined(items: Iterable<Iterable<string>>): Generator<string> {
  let isFirst = true;
  for (const pieces of items) {
    if (!isFirst) yield ',';
    isFirst = false;
    yield* pieces;
  }
}

function* mapped<From, To>(items: Iterable<From>, to: (item: From) => To): Generator<To> {
  for (const item of items) yield to(item);
}
