import type { ResourceRecord } from '../../src/dns/index.ts';
import { a, srv } from '../../test/fakes/answering-zone.ts';

const INSTANCES = 500;

/** Queries for a service of 500 instances; no response by UDP holds them all. */
export const BIG_ADDRESSES = 'big.marathon.mesos A';
export const BIG_SERVICE = '_big._tcp.marathon.mesos SRV';

/** The records of that service. */
export function bigServiceRecords(): ResourceRecord[] {
  return Array.from({ length: INSTANCES }, (_, instance) => {
    const canonical = `big-x${instance}abc-s${instance % 50}.marathon.mesos`;
    const address = `10.200.${instance >> 8}.${instance & 0xff}`;
    return [
      a('big.marathon.mesos', address),
      a(canonical, address),
      srv('_big._tcp.marathon.mesos', 31_000 + instance, canonical),
    ];
  }).flat();
}
