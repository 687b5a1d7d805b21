import { isDeepStrictEqual } from 'node:util';

/** `made`, or what is known already when it is equal, so that equal things stay one object. */
export function sameAs<Made extends object>(known: Made | undefined, made: Made): Made {
  return known && isDeepStrictEqual(known, made) ? known : made;
}
