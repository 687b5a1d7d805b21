/**
 * Why a master could not be used: a closed set, for counting.
 *
 * `connect`: refused, reset or closed; `timeout`: connect, headers, silence or the whole body;
 * `host-name`: a name nobody could resolve; `tls`: the certificate is not good; `auth`: 401, 403 or
 * a failed login; `status`: another status code; `no-leader`: nobody leads, or nobody knows who;
 * `recovering`: the leader still reads its registry; `redirect`: a loop, or a place we do not go;
 * `truncated`: the body ended early; `heartbeat`: an event stream fell silent; `invalid`: the body is
 * not what was asked for.
 */
export const MASTER_FAULTS = [
  'connect',
  'timeout',
  'host-name',
  'tls',
  'auth',
  'status',
  'no-leader',
  'recovering',
  'redirect',
  'truncated',
  'heartbeat',
  'invalid',
] as const;

export type MasterFault = (typeof MASTER_FAULTS)[number];

/** Raised when a master did not give what it was asked for. */
export class MasterError extends Error {
  override readonly name = 'MasterError';
  readonly code = 'ERR_MASTER';
  readonly fault: MasterFault;

  constructor(fault: MasterFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** The fault behind anything thrown while a master was asked; what we do not know is `invalid`. */
export function faultOf(error: unknown): MasterFault {
  return error instanceof MasterError ? error.fault : 'invalid';
}

/** What to tell of anything thrown while a master was asked. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Puts an error of undici, a socket, TLS or zlib, met while asking `where`, into our words. */
export function masterError(error: unknown, where: string): MasterError {
  if (error instanceof MasterError) return error;
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  return new MasterError(faultOfCode(code), `Cannot read ${where}: ${text || code}`, error);
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && !('code' in error)) return codeOf(error.errors[0]);
  if (error instanceof Error && error.name === 'HTTPParserError') return 'HPE_';
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function faultOfCode(code: string): MasterFault {
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'timeout';
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return 'tls';
  if (/ENOTFOUND|EAI_/.test(code)) return 'host-name';
  if (/CONTENT_LENGTH|UND_ERR_BODY|Z_BUF_ERROR/.test(code)) return 'truncated';
  if (/^HPE_|^Z_|UND_ERR_RESPONSE|HEADERS_OVERFLOW/.test(code)) return 'invalid';
  return 'connect';
}
