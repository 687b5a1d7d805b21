/**
 * The commands. In: a command line as yargs read it, and a shell to see and speak to the outside.
 * Out: lines, and an exit code: 0 good, 1 failed, 2 wrong usage.
 */
export { normaliseArguments } from './normalise-arguments.ts';
export { type Arguments, printFaults } from './settings.ts';
export {
  type AppWorld,
  type ExitCode,
  type Inheritance,
  PROCESS_COUNTERS,
  type ProcessCounters,
  type RunningApp,
  type Shell,
  type Signal,
  type StartApp,
} from './shell.ts';
export { COMMANDS, type CommandOption, type CommandRow } from './table.ts';
