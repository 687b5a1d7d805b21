import { foldName, KEY_WORDS, type Octets } from '../dns/index.ts';
import type { AnswerTable } from './answer-table.ts';
import { NODE, RRSET } from './table-layout.ts';

/**
 * The types of the RRsets at a name (wire form), without the apex's SOA; none at a name that exists
 * for those below it alone, undefined when it does not exist.
 */
export function typesAt(table: AnswerTable, name: Octets): readonly number[] | undefined {
  const key = new Int32Array(KEY_WORDS);
  // `foldName` reads up to three octets behind the name.
  const padded = Buffer.concat([name, new Uint8Array(3)]);
  const node = table.find(key, foldName(key, padded, 0, name.length, table.seed), name.length);
  if (node === 0 || !table.exists(node)) return undefined;
  const { words } = table;
  const types: number[] = [];
  for (let at = words[node + NODE.RRSETS]; at !== 0; at = words[at + RRSET.NEXT]) {
    types.push(words[at + RRSET.TYPE]);
  }
  return types;
}
