import { EXTENDED_ERROR, notImplemented, OPCODE, refused } from '../dns/index.ts';
import type { Handler } from './handler.ts';

/**
 * Answers NOTIMP to every opcode but QUERY. It comes before all who would answer a query, so that
 * UPDATE and its like never reach them; who takes an opcode of his own comes before it.
 */
export const opcodeHandler: Handler = query =>
  query.opcode === OPCODE.QUERY ? undefined : notImplemented(query);

/** The last handler: REFUSED to what nobody took. */
export const refuseHandler: Handler = query => refused(query, EXTENDED_ERROR.NOT_AUTHORITATIVE);
