import { type Report, readmeResults } from '../bench/report/report.ts';
import { COMMANDS, type CommandRow } from '../src/commands/index.ts';
import { configSchema, describeSettings, settingsTable } from '../src/config/index.ts';
import { metricsTable } from '../src/metrics/index.ts';

/** A file that is made of the tables in the source; `text` is what it should hold. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Everything that is generated. `read` gives the present text of README.md, whose tables are replaced,
 * and what `npm run bench` wrote last.
 */
export function generatedFiles(read: (path: string) => string): readonly GeneratedFile[] {
  return [
    {
      path: 'config/config.schema.json',
      text: `${JSON.stringify(configSchema(), undefined, 2)}\n`,
    },
    { path: 'config/mesonym.1', text: manPage() },
    { path: 'README.md', text: withTables(read('README.md'), read('bench/results/results.json')) },
  ];
}

/** Puts the tables between their marks, `<!-- settings -->` and `<!-- /settings -->`. */
function withTables(readme: string, measured: string): string {
  const tables = {
    commands: commandsTable(),
    settings: settingsTable(),
    metrics: metricsTable(),
    results: readmeResults(JSON.parse(measured) as Report, 'bench/results/'),
  };
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [before, rest = ''] = text.split(`<!-- ${name} -->`);
    const after = rest.split(`<!-- /${name} -->`)[1];
    if (after === undefined) throw new Error(`README.md has no marks for the table of ${name}`);
    return `${before}<!-- ${name} -->\n\n${table}\n\n<!-- /${name} -->${after}`;
  }, readme);
}

function commandsTable(): string {
  const rows = COMMANDS.map(
    ({ usage, text, examples }) => `| \`${usage}\` | ${text} | \`${examples[0][0]}\` |`,
  );
  return ['| command | what it does | example |', '|---|---|---|', ...rows].join('\n');
}

/** The man page, in man(7)'s macros. */
function manPage(): string {
  const settings = describeSettings().flatMap(({ name, unit, default: value, variable, text }) => [
    '.TP',
    `.B ${name}`,
    escaped(text.replaceAll('`', '')),
    ...(unit === undefined ? [] : [`Unit: ${unit}.`]),
    ...(value === undefined ? [] : [`Default: ${escaped(value.replaceAll('","', '", "'))}.`]),
    `Environment: ${variable}.`,
  ]);
  const lines = [
    '.TH MESONYM 1',
    '.SH NAME',
    'mesonym \\- service-discovery DNS server for Apache Mesos',
    '.SH SYNOPSIS',
    '.B mesonym',
    '[command] [options]',
    '.SH DESCRIPTION',
    'Follows the leading Mesos master and answers DNS queries for the tasks of the cluster.',
    'Takes the config files and the command line of Mesos\\-DNS as they are.',
    '.SH COMMANDS',
    ...COMMANDS.flatMap(commandLines),
    '.SH SETTINGS',
    'Keys of the config file; each is also a flag of serve and check, and an environment variable.',
    ...settings,
    '.SH SIGNALS',
    'SIGTERM ends after the lameduck time, SIGINT at once; SIGHUP reads the config again, SIGUSR2 the cluster; SIGUSR1 forgets cached outside answers;',
    'SIGQUIT hands the sockets over to a new process.',
    '.SH EXIT STATUS',
    '0 good, 1 failed, 2 wrong usage.',
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ usage, text, options, examples }: CommandRow): readonly string[] {
  const shown = Object.entries(options).filter(([, { hidden }]) => !hidden);
  return [
    '.TP',
    `.B ${escaped(usage)}`,
    `${escaped(text)}.`,
    ...shown.flatMap(([name, { description }]) => ['.br', escaped(`--${name}: ${description}`)]),
    ...examples.flatMap(([line]) => ['.br', `Example: ${escaped(line)}`]),
  ];
}

/** ASCII alone: hyphens that are typed, backslashes, and lines that would begin a macro. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}
