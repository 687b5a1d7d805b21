import { z } from 'zod';
import { FIELD_NAMES, FIELDS, type FieldName } from './config.ts';
import { SECTIONS, type Section } from './field.ts';
import { variableOf } from './overrides.ts';

/** A JSON Schema node, as far as descriptions need it. */
interface SchemaNode {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly unit?: string;
  readonly default?: unknown;
}

/** What a setting is, for people: README's table, the man page and completion are made of this. */
export interface SettingDescription {
  readonly name: FieldName;
  readonly section: Section;
  readonly type: string;
  readonly choices: readonly string[];
  readonly unit: string | undefined;
  /** As JSON; undefined when there is none or it depends on other settings. */
  readonly default: string | undefined;
  readonly variable: string;
  readonly text: string;
}

/** Every setting, in the order of the table. */
export function describeSettings(): readonly SettingDescription[] {
  return FIELD_NAMES.map(name => {
    const { section, schema, text } = FIELDS[name];
    const node = schemaNode(schema);
    return {
      name,
      section,
      type: node.type ?? 'string',
      choices: node.enum ?? [],
      unit: node.unit,
      default: node.default === undefined ? undefined : JSON.stringify(node.default),
      variable: variableOf(name),
      text,
    };
  });
}

/** The JSON Schema of a config file (draft 2020-12), for editors: `config/config.schema.json`. */
export function configSchema(): Record<string, unknown> {
  const properties = FIELD_NAMES.map(name => {
    const { $schema: _, ...node } = z.toJSONSchema(FIELDS[name].schema, { io: 'input' });
    return [name, { description: FIELDS[name].text, ...node }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Mesonym config',
    type: 'object',
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(properties) },
    additionalProperties: false,
  };
}

/** README's tables of settings, one a section, in Markdown. */
export function settingsTable(): string {
  const settings = describeSettings();
  const sections = Object.entries(SECTIONS).map(([section, title]) => {
    const rows = settings.filter(setting => setting.section === section).map(tableRow);
    return [
      `#### ${title}`,
      '',
      '| setting | unit | default | meaning |',
      '|---|---|---|---|',
      ...rows,
    ];
  });
  return sections.map(lines => lines.join('\n')).join('\n\n');
}

function tableRow({ name, choices, type, unit, default: value, text }: SettingDescription): string {
  const kind = unit ?? (choices.length > 0 ? choices.map(code).join(' ') : type);
  const cells = [code(name), kind, value === undefined ? '' : code(value), text];
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text === '' ? '""' : text}\``;
}

function schemaNode(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: 'input' }) as SchemaNode;
}
