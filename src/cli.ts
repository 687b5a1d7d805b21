import yargs, { type Options } from 'yargs';
import {
  type Arguments,
  check,
  type ExitCode,
  explain,
  healthcheck,
  normaliseArguments,
  printFaults,
  type Shell,
  serve,
  watch,
  zone,
} from './commands/index.ts';
import { ConfigError, describeSettings } from './config/index.ts';

/** One command: what yargs, the man page and README know of it. */
export interface CommandRow {
  /** The command and its arguments: `lookup <name> [type]`. */
  readonly usage: string;
  readonly text: string;
  /** A last line of the help. */
  readonly note?: string;
  readonly options: Readonly<Record<string, Options>>;
  /** A whole line to type, and what it does. */
  readonly examples: readonly (readonly [line: string, text: string])[];
  readonly run: (args: Arguments, shell: Shell) => Promise<ExitCode>;
}

const CONFIG = {
  config: {
    type: 'string',
    requiresArg: true,
    description: 'The config file (default: config.json, where it is there)',
  },
} as const satisfies Record<string, Options>;
const SERVER = {
  ...CONFIG,
  server: {
    type: 'string',
    requiresArg: true,
    description:
      'The HTTP address of the running server (default: as the config says, on this machine)',
  },
} as const satisfies Record<string, Options>;

const SETTINGS_NOTE = 'Every setting of the config file is a flag, too: --httpPort 8080';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandRow[] = [
  {
    usage: 'serve',
    text: 'Run the server; this is what happens without a command, too',
    note: SETTINGS_NOTE,
    options: {
      ...CONFIG,
      verbose: {
        type: 'number',
        requiresArg: true,
        description: "Mesos-DNS's -v: 1 and more log in detail",
      },
      ...settingOptions(),
    },
    examples: [
      ['mesonym serve --config /etc/mesonym/config.json', 'Run with a config file'],
      ['mesonym -config config.json -v=1', 'Run with the command line of Mesos-DNS'],
    ],
    run: serve,
  },
  {
    usage: 'check',
    text: 'Check a config and print the settings in force, secrets masked',
    note: SETTINGS_NOTE,
    options: { ...CONFIG, ...settingOptions() },
    examples: [
      ['mesonym check --config config.json', 'Say every fault at once, or that there is none'],
    ],
    run: check,
  },
  {
    usage: 'zone',
    text: 'Print the whole zone as sorted master-file text',
    options: SERVER,
    examples: [['mesonym zone --server http://10.0.0.1:8123', 'What that server serves now']],
    run: zone,
  },
  {
    usage: 'explain <what>',
    text: 'Say why a name or an address has these records, or none',
    options: { ...SERVER, json: { type: 'boolean', description: 'As JSON' } },
    examples: [
      ['mesonym explain apache2.marathon.mesos', 'Why a name has its records'],
      ['mesonym explain 10.0.0.7', 'What has an address'],
    ],
    run: explain,
  },
  {
    usage: 'watch',
    text: 'Print each change of the zone as it happens, a line of JSON each',
    options: {
      ...SERVER,
      since: { type: 'number', requiresArg: true, description: 'Begin after this serial' },
    },
    examples: [['mesonym watch', 'Until you press Ctrl-C']],
    run: watch,
  },
  {
    usage: 'healthcheck',
    text: 'Ask the running server whether it is well: exit code 0 or 1',
    options: {
      ...SERVER,
      ready: {
        type: 'boolean',
        description: 'Ask whether it is ready: first zone published, and fresh',
      },
    },
    examples: [['mesonym healthcheck --ready', 'For Docker and Marathon']],
    run: healthcheck,
  },
];

/** Runs the command that `words` ask for; `version` is what `--version` prints. */
export async function runCli(
  words: readonly string[],
  version: string,
  shell: Shell,
): Promise<ExitCode> {
  const parser = commandParser(version, shell);
  try {
    const outcome: { code: ExitCode } = { code: 0 };
    let said = '';
    await parser.parseAsync(
      [...normaliseArguments(words)],
      { outcome },
      (_error, _args, output) => {
        said = output;
      },
    );
    if (said !== '') shell.out(said);
    return outcome.code;
  } catch (error) {
    return failed(error, shell);
  }
}

/** The parser of every command. Its handlers write their exit code to `outcome` in the context. */
function commandParser(version: string, shell: Shell) {
  const parser = yargs()
    .scriptName('mesonym')
    .usage('$0 <command>\n\nService-discovery DNS server for Apache Mesos')
    .version(version)
    .help()
    .alias('help', 'h')
    .completion('completion', 'Print a completion script for bash or zsh')
    .strict()
    .recommendCommands()
    .demandCommand(1, 1, 'Say which command', 'Say one command')
    .exitProcess(false)
    .fail((message, error) => {
      throw message ? new UsageError(message) : error;
    })
    .wrap(100)
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-positional-numbers': false,
    });
  for (const row of COMMANDS) addCommand(parser, row, shell);
  return parser;
}

function addCommand(parser: ReturnType<typeof yargs>, row: CommandRow, shell: Shell): void {
  const { usage, text, note, options, examples, run } = row;
  parser.command(
    usage,
    text,
    own =>
      own
        .options(options)
        .epilogue(note ?? '')
        .example(examples.map(([line, about]) => [line, about] as [string, string])),
    async args => {
      (args.outcome as { code: ExitCode }).code = await run(args, shell);
    },
  );
}

/** Every setting of the config is also a flag; there are too many to list in the help. */
function settingOptions(): Record<string, Options> {
  const entries = describeSettings().map(({ name, text, choices }) => [
    name,
    {
      type: 'string',
      hidden: true,
      group: 'Settings:',
      description: text,
      requiresArg: true,
      ...(choices.length > 0 && { choices }),
    },
  ]);
  return Object.fromEntries(entries) as Record<string, Options>;
}

/** Raised for a command line that cannot be understood. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Wrong usage is 2, everything else 1. */
function failed(error: unknown, shell: Shell): ExitCode {
  if (error instanceof ConfigError) return printFaults(error, shell);
  const isUsage = error instanceof UsageError;
  const text = error instanceof Error ? error.message : String(error);
  shell.err(isUsage ? `${text}\nTry mesonym --help` : text);
  return isUsage ? 2 : 1;
}
