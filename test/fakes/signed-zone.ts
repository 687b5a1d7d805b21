import { knownName, type Octets, type ResourceRecord } from '../../src/dns/index.ts';
import { DNSSEC_COUNTERS, keyPem, SignedAnswers, signingKey } from '../../src/dnssec/index.ts';
import { makeCounters, seededRandom } from '../../src/runtime/index.ts';
import { type AnswerSettings, type Locality, ZONE_COUNTERS } from '../../src/zone/index.ts';
import { answeringZone, SETTINGS } from './answering-zone.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** A zone that is signed with a key of its own; queries come from 127.0.0.1 by UDP. */
export function signedZone(
  records: readonly ResourceRecord[],
  settings: Partial<AnswerSettings> = {},
  locality?: Locality,
) {
  const { table, client, publish, answers: plain } = answeringZone(records);
  const counters = makeCounters([...ZONE_COUNTERS, ...DNSSEC_COUNTERS]);
  const clock = new SimulatedClock();
  const random = seededRandom(1);
  const key = signingKey(keyPem('ed25519'), knownName('mesos'));
  const whole = { ...SETTINGS, ...settings };
  const mayRecurse = () => true;
  const answers = new SignedAnswers(
    { table, settings: whole, client, random, counters, mayRecurse, locality },
    key,
    { clock, random, counters },
  );
  answers.serve({ kind: 'live' });
  const answer = (query: Octets, limit = client.isTcp ? 65_535 : 1232) => {
    const room = new Uint8Array(16 + limit);
    const length = answers.answerInto(query, 0, query.length, room, 16, limit);
    return length > 0 ? room.slice(16, 16 + length) : undefined;
  };
  const count = (name: (typeof DNSSEC_COUNTERS)[number]) => counters.values[counters.slot[name]];
  return { answers, plain, answer, count, clock, client, publish, key };
}
