import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The root of the checkout. */
export const PROJECT = fromHere('..');

/** Material that lies beside the checkout and is not part of it; tests over it skip without it. */
export const SHARED = fromHere('../../shared');

export const hasShared = existsSync(SHARED);
