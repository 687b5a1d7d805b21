import type { z } from 'zod';

/** The parts of README's table of settings, in its order. */
export const SECTIONS = {
  cluster: 'Following the cluster',
  masters: 'Speaking to the masters',
  names: 'Names and the zone',
  answers: 'Answers',
  listening: 'Listening for DNS',
  access: 'Who may ask, and limits',
  forwarding: 'Names outside the domain',
  transfer: 'Zone transfers',
  http: 'HTTP',
  process: 'The process',
} as const;

export type Section = keyof typeof SECTIONS;

/** One setting: what it accepts, its default (both in the schema), and a sentence for its user. */
export interface Field<Schema extends z.ZodType> {
  readonly section: Section;
  readonly schema: Schema;
  readonly text: string;
}

/** Makes one row of the table of settings. */
export function row<Schema extends z.ZodType>(
  section: Section,
  schema: Schema,
  text: string,
): Field<Schema> {
  return { section, schema, text };
}
