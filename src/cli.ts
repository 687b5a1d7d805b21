import yargs from 'yargs';
import {
  COMMANDS,
  type CommandRow,
  type ExitCode,
  normaliseArguments,
  printFaults,
  type Shell,
} from './commands/index.ts';
import { ConfigError } from './config/index.ts';

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
