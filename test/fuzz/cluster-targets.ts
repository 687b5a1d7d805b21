import { EventDecoder, StateError } from '../../src/mesos/index.ts';
import { recordBook } from '../../src/records/index.ts';
import { AnswerTable, CurrentZone, deltaSteps, zoneText } from '../../src/zone/index.ts';
import { ORIGIN, SOA } from '../fakes/answering-zone.ts';
import { rulesWith } from '../fakes/cluster.ts';
import { WatchedStore } from '../fakes/watched-store.ts';
import type { FuzzTarget } from './fuzz.ts';
import { hold } from './hold.ts';
import { pieces } from './stream-targets.ts';

const LEADER = {
  address: { host: '127.0.0.1', port: 1 },
  id: undefined,
  electedSeconds: undefined,
};
const TTL_SECONDS = 60;

/** A master's `/state`: refused, or followed all the way into the table that answers. */
export function stateTarget(): FuzzTarget {
  return {
    name: 'state-json',
    run: octets => {
      const watched = new WatchedStore();
      return orRefused(() => {
        watched.store.replace(watched.reader.read(octets, LEADER));
        return published(watched);
      });
    },
  };
}

/** The stream of events, cut as the network might. */
export function recordIoTarget(): FuzzTarget {
  return {
    name: 'record-io',
    run: octets => {
      const watched = new WatchedStore();
      const decoder = new EventDecoder(watched.reader, LEADER);
      return orRefused(() => {
        for (const piece of pieces(octets)) watched.store.apply(decoder.write(piece));
        decoder.finish();
        return published(watched);
      });
    },
  };
}

function orRefused(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof StateError) return error.rejection;
    throw error;
  }
}

/** Makes a zone of all that was heard. A name of the cluster must not break out of its line. */
function published({ updates, tasks }: WatchedStore): string {
  const book = recordBook(rulesWith());
  const zone = new CurrentZone({ origin: ORIGIN, soa: SOA });
  const table = new AnswerTable(ORIGIN, 1);
  for (const update of updates) {
    const delta = zone.publish(book.update(update).changes, 1_700_000_000);
    for (const step of delta ? deltaSteps(delta) : []) table.applyStep(step);
  }
  const text = zoneText(zone.zone, TTL_SECONDS);
  hold(/^[\n -~]*$/.test(text), 'a zone is printable text');
  const faults = [...book.faultCounts()].filter(([, count]) => count > 0).map(([cause]) => cause);
  return [tasks.length, zone.zone.nameCount, ...faults].join(' ');
}
