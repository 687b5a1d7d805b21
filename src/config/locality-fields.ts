import { z } from 'zod';
import { row } from './field.ts';
import { networks, oneOf, parsed, text, yesNo } from './kinds.ts';

/** A place as it is written: `eu-west/a`, a region alone, or `/rack7` for a zone of no region. */
interface WrittenPlace {
  readonly region: string;
  readonly zone: string;
  readonly text: string;
}

/** The keys that decide which instances are near a client, and what becomes of the others. */
export const LOCALITY_FIELDS = {
  locality: row(
    'answers',
    oneOf('off', 'order', 'filter').default('off'),
    'Whether instances near the client come first: on its own agent, then in its zone, then in its region. `order` puts all in this order, `filter` tells the nearest alone (all where none is near, and all at names right below the domain, such as `slave` and `master`).',
  ),
  localityAttribute: row(
    'answers',
    text('the name of an attribute').default(''),
    'The attribute of agents, such as `rack`, that stands for the zone where an agent has no fault domain.',
  ),
  localityNetworks: row(
    'answers',
    z
      .record(z.string(), parsed('region/zone, region or /zone', writtenPlace), {
        error: 'an object of networks and places',
      })
      .prefault({}),
    'Where clients are that are neither agents nor tasks, and agents that do not tell: `{"10.1.0.0/16": "eu-west/a"}`. The longest prefix counts.',
  ),
  localityNames: row(
    'names',
    yesNo().default(false),
    'Whether the instances in a zone, or in a region, have names of their own: `web.marathon.ZONE.zone.mesos`, `web.marathon.REGION.region.mesos`, their ports as well. Zones are known as for `locality`, which may be off.',
  ),
  localityForwarders: row(
    'answers',
    networks().prefault([]),
    'The networks of forwarders that say for whom they ask (EDNS Client Subnet, RFC 7871); of all others it is passed over.',
  ),
} as const;

function writtenPlace(value: string): WrittenPlace | undefined {
  const parts = /^([^/]*)(?:\/([^/]+))?$/.exec(value);
  if (!parts || value === '') return undefined;
  return { region: parts[1], zone: parts[2] ?? '', text: value };
}
