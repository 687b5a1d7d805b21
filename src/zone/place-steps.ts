import { addressOctets, ipAddress, type Octets } from '../dns/index.ts';
import type { DeltaStep } from './delta.ts';
import { STEP_PADDING } from './step-format.ts';

/**
 * The octets of a step for a `PlaceTable`: operations one after another, numbers big-endian, unused
 * octets at the end as in `step-format.ts`.
 *
 *     SET     1 (1), octets of the address (1), the address (4 or 16), agent (4), zone (4), region (4)
 *     REMOVE  2 (1), octets of the address (1), the address (4 or 16)
 */
export const PLACE_OPERATION = { SET: 1, REMOVE: 2 } as const;

/** How many addresses one step may touch. */
const ADDRESSES_IN_A_STEP = 400;
/** The most an operation takes. */
const ROOM = 2 + 16 + 3 * 4;

/**
 * Where an address is: numbers that are equal where the agent, the zone, the region is the same; 0 is
 * unknown.
 */
export interface Place {
  readonly agent: number;
  readonly zone: number;
  readonly region: number;
}

/** The steps that tell a place table of addresses; of those without a place they take it away. */
export function* placeSteps(
  places: Iterable<readonly [address: string, place: Place | undefined]>,
): Generator<DeltaStep> {
  const octets: Octets = new Uint8Array(ADDRESSES_IN_A_STEP * ROOM);
  const view = new DataView(octets.buffer);
  let at = 0;
  let count = 0;
  for (const [text, place] of places) {
    const address = ipAddress(text);
    if (!address) continue;
    const own = addressOctets(address);
    octets[at] = place ? PLACE_OPERATION.SET : PLACE_OPERATION.REMOVE;
    octets[at + 1] = own.length;
    octets.set(own, at + 2);
    at += 2 + own.length;
    if (place) {
      view.setUint32(at, place.agent);
      view.setUint32(at + 4, place.zone);
      view.setUint32(at + 8, place.region);
      at += 12;
    }
    if (++count < ADDRESSES_IN_A_STEP) continue;
    yield stepOf(octets, at);
    at = count = 0;
  }
  if (count > 0) yield stepOf(octets, at);
}

function stepOf(octets: Octets, length: number): DeltaStep {
  const own = new Uint8Array(length + STEP_PADDING);
  own.set(octets.subarray(0, length));
  return { octets: own };
}
