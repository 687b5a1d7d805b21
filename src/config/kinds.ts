import { z } from 'zod';
import { type DomainName, domainName } from '../dns/index.ts';
import { writtenNetwork } from './endpoint.ts';

/**
 * The kinds of settings. Each knows in one phrase what it accepts: that phrase is the message of
 * every fault it finds.
 */

/** A whole number in `unit`. */
export function integer(least: number, most: number, unit?: string) {
  const error = `${least} to ${most}${unit === undefined ? '' : ` ${unit}`}`;
  const schema = z.int({ error }).min(least, { error }).max(most, { error });
  return unit === undefined ? schema : schema.meta({ unit });
}

/** `true` or `false`. */
export function yesNo() {
  return z.boolean({ error: 'true or false' });
}

/** A text that matches `pattern`; `wanted` says so in words. */
export function text(wanted: string, pattern = /^/) {
  return z.string({ error: wanted }).regex(pattern, { error: wanted });
}

/** Any path, `~/` at its head meaning the home folder; empty for none. */
export function path() {
  return z.string({ error: 'the path of a file' });
}

/** A text that must never be shown. */
export function secret(wanted: string, pattern = /^/) {
  return text(wanted, pattern).meta({ writeOnly: true });
}

/** One of a few words. */
export function oneOf<const Choice extends string>(...choices: readonly Choice[]) {
  const shown = choices.map(choice => (choice === '' ? '""' : choice)).join(', ');
  return z.enum(choices, { error: `one of ${shown}` });
}

/** A text that `parse` makes something of; undefined from it means "not what was wanted". */
export function parsed<Value>(wanted: string, parse: (text: string) => Value | undefined) {
  return z.string({ error: wanted }).transform((input, context) => {
    const value = parse(input);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', message: wanted, input });
    return z.NEVER;
  });
}

/** A list in which nothing stands twice, compared by the shown text. */
export function list<Item extends z.ZodType>(item: Item, wanted: string) {
  return z.array(item, { error: wanted }).superRefine((values, context) => {
    const seen = new Set<string>();
    values.forEach((value, index) => {
      const text = spelling(value);
      if (seen.has(text))
        context.addIssue({ code: 'custom', path: [index], message: 'each one only once' });
      seen.add(text);
    });
  });
}

/** A list of networks. */
export function networks() {
  return list(
    parsed('a network such as 10.0.0.0/8, or an address', writtenNetwork),
    'a list of networks',
  );
}

/** A name the zone can be called: labels of letters, digits and hyphens. */
export function zoneName(value: string): DomainName | undefined {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(value) ? domainName(value) : undefined;
}

/** A mailbox as the SOA spells it: every `@` is a dot (behaviour of Mesos-DNS). */
export function mailboxName(value: string): DomainName | undefined {
  return value === '' ? undefined : domainName(value.replaceAll('@', '.'));
}

function spelling(value: unknown): string {
  const hasText = typeof value === 'object' && value !== null && 'text' in value;
  return hasText ? String(value.text) : JSON.stringify(value);
}
