/**
 * The commands. In: a command line as yargs read it, and a shell to see and speak to the outside.
 * Out: lines, and an exit code: 0 good, 1 failed, 2 wrong usage.
 */
export { normaliseArguments } from './normalise-arguments.ts';
export { printFaults } from './settings.ts';
export type {
  AppWorld,
  ExitCode,
  Inheritance,
  Notice,
  ProcessCounters,
  RunningApp,
  Shell,
  Signal,
  Supervisor,
} from './shell.ts';
export { COMMANDS, type CommandRow } from './table.ts';
