import type { Benchmark } from './benchmark.ts';
import { measureForwarders, writeHotQueries } from './measure/forwarders.ts';
import { LATENCY_UNITS, oneInFlight } from './measure/one-in-flight.ts';

/** The time one query for a name outside the zone takes when it is in the cache. */
export const FORWARDING_LATENCY: Benchmark = {
  name: 'forwarding-latency',
  question: 'How long does one query take that the cache of a forwarder answers?',
  run: async context => {
    const queryFile = writeHotQueries(context);
    return measureForwarders(context, {
      units: LATENCY_UNITS,
      measure: async server => ({ ...(await oneInFlight(context, server, { queryFile })) }),
    });
  },
};
