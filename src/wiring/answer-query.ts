import type { MessagePort } from 'node:worker_threads';
import type { DnsServer } from '../server/index.ts';
import type { FromAnswerThread, ToAnswerThread } from './answer-messages.ts';

/** A query that came by HTTP, and its response to whoever handed it over. */
export async function answerQuery(
  { query, octets, client }: Extract<ToAnswerThread, { kind: 'query' }>,
  server: DnsServer,
  port: MessagePort,
): Promise<void> {
  const response = await server.answer(octets, client);
  port.postMessage({ kind: 'response', query, octets: response } satisfies FromAnswerThread);
}
