import { type ClientView, network } from '../../src/dns/index.ts';
import { type Locality, PlaceTable, placeSteps } from '../../src/zone/index.ts';

/** Agent, zone and region of an address, as numbers. */
export type PlaceNumbers = readonly [agent: number, zone: number, region: number];

/** A table of the places of single addresses and of networks. */
export function tableOf(
  addresses: Readonly<Record<string, PlaceNumbers>>,
  networks: readonly (readonly [string, PlaceNumbers])[] = [],
): PlaceTable {
  const placed = networks.map(([text, [agent, zone, region]]) => {
    return { network: network(text)!, place: { agent, zone, region } };
  });
  const table = new PlaceTable(placed, 7);
  const places = Object.entries(addresses).map(([text, [agent, zone, region]]) => {
    return [text, { agent, zone, region }] as const;
  });
  for (const step of placeSteps(places)) table.applyStep(step);
  return table;
}

/** A locality by such a table, for an answering zone. */
export function localityOf(
  places: PlaceTable,
  rest: Partial<Locality> = {},
): (client: ClientView) => Locality {
  return () => ({ places, isFilter: false, subnet: undefined, ...rest });
}
