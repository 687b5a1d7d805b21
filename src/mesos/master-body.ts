import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HostPort } from './cluster-state.ts';
import type { Deadlines } from './deadlines.ts';
import { MasterError, masterError } from './master-error.ts';

/** What a master answered; the headers are there, the body is yet to be read. */
export interface MasterResponse {
  /** Who answered, after redirects. */
  readonly master: HostPort;
  readonly isSecure: boolean;
  readonly status: number;
  readonly location: string | undefined;
  readonly contentType: string;
  /**
   * The body, unzipped, to be read once. Reaching its end or leaving the loop closes the connection.
   * @throws {MasterError} With fault `truncated`, `timeout` or `connect`.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection of a body that is not wanted. */
  discard(): void;
}

/** The body of a small answer as text; past `maxOctets` it is cut. */
export async function readText(response: MasterResponse, maxOctets = 65_536): Promise<string> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    octets += chunk.length;
    if (octets >= maxOctets) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, maxOctets);
}

/** The body without its compression. It may be destroyed at any time, which is no error of ours. */
export function unzipped(body: Readable, encoding: string | undefined): Readable {
  body.on('error', () => {});
  return encoding === 'gzip' ? pipeline(body, createGunzip(), () => {}) : body;
}

/** Hands on the chunks of a body, each within `silenceMs` of the one before. */
export async function* readBody(
  body: Readable,
  where: string,
  limits: Deadlines,
  silenceMs: () => number | undefined,
) {
  const chunks = body.iterator({ destroyOnReturn: true }) as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const limitMs = silenceMs();
      const inTime = limitMs === undefined ? undefined : limits.start(limitMs, 'octet');
      const next = await chunks.next();
      inTime?.();
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw bodyError(error, where);
  } finally {
    limits.end();
    body.destroy();
  }
}

/** A connection that ends inside a body has truncated it: undici counts lengths and chunks. */
function bodyError(error: unknown, where: string): MasterError {
  const known = masterError(error, where);
  return known.fault === 'connect' ? new MasterError('truncated', known.message, error) : known;
}
