import type { ServerAddress } from './settings.ts';
import type { Shell } from './shell.ts';

const LONGEST_MS = 10_000;

/** Raised when the running server cannot be asked, or says no. */
export class ServerError extends Error {
  override readonly name: string = 'ServerError';
  readonly code: string = 'ERR_SERVER';
}

/** Raised when there is nobody to ask. */
export class ServerAwayError extends ServerError {
  override readonly name = 'ServerAwayError';
  override readonly code = 'ERR_SERVER_AWAY';
}

/** Asks the running server; `path` begins with a slash. @throws {ServerError} */
export async function askServer(
  { origin, headers }: ServerAddress,
  path: string,
  { fetch }: Shell,
  signal: AbortSignal = AbortSignal.timeout(LONGEST_MS),
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${origin}${path}`, { headers, signal, redirect: 'error' });
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new ServerAwayError(
      `Cannot ask ${origin}: ${String(reason)}; is mesonym running, or --server wrong?`,
      { cause: error },
    );
  }
  if (response.ok) return response;
  throw new ServerError(`${origin}${path} says ${response.status} ${response.statusText}`);
}
