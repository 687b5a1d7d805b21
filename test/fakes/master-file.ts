import { type ResourceRecord, recordValue } from '../../src/dns/index.ts';
import { SETTINGS, SOA } from './answering-zone.ts';

/** The serial of every zone that `answeringZone` makes. */
const SERIAL = 1_700_000_000;

/** The zone `mesos` with these records, and the SOA and NS that `answeringZone` gives it. */
export function masterFile(records: readonly ResourceRecord[]): string {
  const { primary, mailbox, refreshSeconds, retrySeconds, expireSeconds, negativeTtlSeconds } = SOA;
  const times = `${SERIAL} ${refreshSeconds} ${retrySeconds} ${expireSeconds} ${negativeTtlSeconds}`;
  const lines = records.map(record => `${record.owner} IN ${record.type} ${recordValue(record)}`);
  const head = [
    `$TTL ${SETTINGS.ttlSeconds}`,
    `mesos. IN SOA ${primary} ${mailbox} ${times}`,
    `mesos. IN NS ${primary}`,
  ];
  return `${[...head, ...lines].join('\n')}\n`;
}
