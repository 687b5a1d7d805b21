import { fieldNamed } from '../config/index.ts';

/** The logging library's flags that Mesos-DNS takes; true for those that stand alone. */
const GLOG_FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['logtostderr', true],
  ['alsologtostderr', true],
  ['stderrthreshold', false],
  ['log_dir', false],
  ['vmodule', false],
  ['log_backtrace_at', false],
]);

/**
 * Makes the command line of Mesos-DNS one of ours, before yargs sees it: yargs would split
 * `-config` into letters. A line without a command means `serve`; `-v N` becomes `--verbose N`; the
 * flags of glog are dropped; the names of settings are put in their right spelling.
 */
export function normaliseArguments(given: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (let at = 0; at < given.length; at++) {
    if (given[at] === '--') {
      words.push(...given.slice(at));
      break;
    }
    const flag = readFlag(given[at]);
    if (flag === undefined) words.push(given[at]);
    else if (!GLOG_FLAGS.has(flag.name)) words.push(...rewritten(flag));
    else if (flag.value === undefined && GLOG_FLAGS.get(flag.name) === false) at++;
  }
  return isServe(words) ? ['serve', ...words] : words;
}

interface Flag {
  readonly name: string;
  readonly value: string | undefined;
}

function readFlag(word: string): Flag | undefined {
  const parts = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word);
  return parts ? { name: parts[1], value: parts[2] } : undefined;
}

function rewritten({ name, value }: Flag): readonly string[] {
  const setting = fieldNamed(name.replaceAll('-', ''));
  const spelt = name === 'v' ? 'verbose' : name === 'h' ? 'help' : (setting ?? name);
  // A value that begins with a hyphen, such as -1, stays with its flag.
  return [value === undefined ? `--${spelt}` : `--${spelt}=${value}`];
}

/** Flags alone ask for the server, but for those that ask about the program itself. */
function isServe(words: readonly string[]): boolean {
  const isAbout = (word: string) => /^--(help|version|get-yargs-completions)(=|$)/.test(word);
  return !words.some(isAbout) && (words.length === 0 || words[0].startsWith('-'));
}
