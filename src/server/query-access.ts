import {
  type AnswerInto,
  type ClientView,
  EXTENDED_ERROR,
  inNetworks,
  type Network,
  RCODE,
} from '../dns/index.ts';
import type { Counters } from '../runtime/index.ts';
import { writeBareResponse } from './bare-response.ts';
import type { ServerCounter } from './counters.ts';

const REFUSAL = { rcode: RCODE.REFUSED, extendedError: EXTENDED_ERROR.PROHIBITED };

/**
 * Refuses clients outside `networks` (REFUSED, EDE 18) before anything is read for them, and counts
 * them. Networks that hold every address give back `answerInto` itself: no cost.
 */
export function allowNetworks(
  answerInto: AnswerInto,
  networks: readonly Network[],
  client: ClientView,
  counters: Counters<ServerCounter>,
): AnswerInto {
  if (holdEverybody(networks)) return answerInto;
  const isAllowed = inNetworks(networks);
  const { values, slot } = counters;
  return (query, start, end, response, at, limit) => {
    if (isAllowed(client.octets, client.at, client.length)) {
      return answerInto(query, start, end, response, at, limit);
    }
    values[slot.refused_clients]++;
    return writeBareResponse(query, start, end, response, at, REFUSAL);
  };
}

function holdEverybody(networks: readonly Network[]): boolean {
  const holds = (family: 4 | 6) =>
    networks.some(({ address, bits }) => bits === 0 && address.family === family);
  return holds(4) && holds(6);
}
