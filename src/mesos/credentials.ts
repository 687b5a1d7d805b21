import { createSign } from 'node:crypto';
import type { Clock } from '../runtime/index.ts';
import { MasterError } from './master-error.ts';

/** How we show the masters who we are. Secrets: never logged. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly principal: string; readonly secret: string }
  | { readonly kind: 'iam'; readonly account: IamAccount };

/** A DC/OS service account: the contents of `IAMConfigFile`. */
export interface IamAccount {
  readonly uid: string;
  /** RSA, PEM. */
  readonly privateKey: string;
  /** An http(s) URL that takes `{uid, token}` and answers `{token}`. */
  readonly loginEndpoint: string;
}

/** Makes the value of the `Authorization` header. */
export interface Authorizer {
  /** Undefined when none is to be sent. @throws {MasterError} With fault `auth` when a login fails. */
  header(signal: AbortSignal): Promise<string | undefined>;
  /** Tells that the last value was refused, so that the next one is made anew. */
  refused(): void;
}

/** Posts JSON to a URL and returns status and text; no redirects, no credentials. */
export type PostJson = (
  url: string,
  body: unknown,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string }>;

/** A login token is used for so long; it lives for days, and a refused one is replaced at once. */
const TOKEN_AGE_MS = 10 * 60_000;
/** The signed claim is only shown once, at the login. */
const CLAIM_SECONDS = 3_600;

/** Makes the authorizer for one kind of credentials. */
export function makeAuthorizer(credentials: Credentials, clock: Clock, post: PostJson): Authorizer {
  switch (credentials.kind) {
    case 'none':
      return { header: async () => undefined, refused: () => {} };
    case 'basic': {
      const pair = `${credentials.principal}:${credentials.secret}`;
      const value = `Basic ${Buffer.from(pair).toString('base64')}`;
      return { header: async () => value, refused: () => {} };
    }
    case 'iam':
      return iamAuthorizer(credentials.account, clock, post);
    default:
      return credentials satisfies never;
  }
}

/** One login serves all requests that need it at the time, and those of the next ten minutes. */
function iamAuthorizer(account: IamAccount, clock: Clock, post: PostJson): Authorizer {
  let kept: { readonly token: Promise<string>; readonly untilMs: number } | undefined;
  return {
    header: async signal => {
      if (!kept || clock.monotonic() >= kept.untilMs) {
        const token = logIn(account, clock, post, signal);
        kept = { token, untilMs: clock.monotonic() + TOKEN_AGE_MS };
      }
      const used = kept;
      try {
        return `token=${await used.token}`;
      } catch (error) {
        if (kept === used) kept = undefined;
        throw error;
      }
    },
    refused: () => {
      kept = undefined;
    },
  };
}

async function logIn(account: IamAccount, clock: Clock, post: PostJson, signal: AbortSignal) {
  const { uid, loginEndpoint } = account;
  const body = { uid, token: signedClaim(account, clock) };
  const { status, text } = await post(loginEndpoint, body, signal);
  const token = status === 200 ? tokenIn(text) : undefined;
  if (token !== undefined) return token;
  throw new MasterError('auth', `Cannot log in as ${uid}: status ${status} without a token`);
}

function tokenIn(text: string): string | undefined {
  try {
    const { token } = JSON.parse(text) as { readonly token?: unknown };
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
}

/** A JSON Web Token (RFC 7519) signed with RS256 (RFC 7518 section 3.3). */
function signedClaim({ uid, privateKey }: IamAccount, clock: Clock): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(clock.now() / 1000) + CLAIM_SECONDS;
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ uid, exp })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}
