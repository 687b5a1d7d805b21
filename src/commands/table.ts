import { describeSettings } from '../config/index.ts';
import { check } from './check.ts';
import { demo } from './demo.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { healthcheck } from './healthcheck.ts';
import { KEY_ALGORITHMS, keygen } from './keygen.ts';
import { lookup } from './lookup.ts';
import { serve } from './serve.ts';
import type { Arguments } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';
import { watch } from './watch.ts';
import { zone } from './zone.ts';

/** A flag of a command, in yargs's words. */
export interface CommandOption {
  readonly type: 'string' | 'number' | 'boolean';
  readonly description: string;
  readonly requiresArg?: true;
  readonly choices?: readonly string[];
  /** Not listed in the help. */
  readonly hidden?: true;
}

/** One command: what yargs, the man page and README know of it. */
export interface CommandRow {
  /** The command and its arguments: `lookup <name> [type]`. */
  readonly usage: string;
  readonly text: string;
  /** A last line of the help. */
  readonly note?: string;
  readonly options: Readonly<Record<string, CommandOption>>;
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
} as const satisfies Record<string, CommandOption>;
const SERVER = {
  ...CONFIG,
  server: {
    type: 'string',
    requiresArg: true,
    description:
      'The HTTP address of the running server (default: as the config says, on this machine)',
  },
} as const satisfies Record<string, CommandOption>;

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
    usage: 'lookup <name> [type]',
    text: 'Ask a DNS server and print its response; exit code 1 for anything but NOERROR',
    options: {
      ...CONFIG,
      server: {
        type: 'string',
        requiresArg: true,
        description:
          'IP, IP:port, tcp://IP or tls://IP#name (default: as the config says, on this machine)',
      },
    },
    examples: [
      ['mesonym lookup apache2.marathon.mesos', 'Addresses of a service'],
      [
        'mesonym lookup _apache2._tcp.marathon.mesos SRV --server 10.0.0.1',
        'Hosts and ports, from that server',
      ],
    ],
    run: lookup,
  },
  {
    usage: 'zone',
    text: 'Print the whole zone as sorted master-file text',
    note: SETTINGS_NOTE,
    options: {
      ...SERVER,
      origin: {
        type: 'string',
        requiresArg: true,
        description: "A reverse zone's origin, such as 10.in-addr.arpa (default: the domain)",
      },
      state: {
        type: 'string',
        requiresArg: true,
        description: "A file with a master's /state, instead of the running server",
      },
      ...settingOptions(),
    },
    examples: [
      ['mesonym zone --server http://10.0.0.1:8123', 'What that server serves now'],
      [
        'mesonym zone --config config.json',
        "What the config's server serves; where it does not run, what its masters would make",
      ],
      ['mesonym zone --state state.json --domain mesos', 'What that state would make'],
    ],
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
    usage: 'diff <before> <after>',
    text: "Print what the zone gains and loses from one master's /state to another",
    note: SETTINGS_NOTE,
    options: { ...CONFIG, ...settingOptions() },
    examples: [['mesonym diff before.json after.json', 'A record a line, with + or - before it']],
    run: diff,
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
    usage: 'keygen <file>',
    text: 'Make the key that signs answers (DNSSEC), unless it is there, and print its DNSKEY and DS',
    options: {
      algorithm: {
        type: 'string',
        requiresArg: true,
        choices: KEY_ALGORITHMS,
        description: 'ECDSA P-256, the default, or Ed25519',
      },
      domain: {
        type: 'string',
        requiresArg: true,
        description: 'The domain it signs (default: mesos)',
      },
    },
    examples: [
      ['mesonym keygen zone-key.pem', 'For the setting dnssecKeyFile, and for validators'],
    ],
    run: keygen,
  },
  {
    usage: 'demo',
    text: 'Run a small cluster and a server for it, with lines to try',
    note: SETTINGS_NOTE,
    options: {
      once: { type: 'boolean', description: 'End after the lines are printed' },
      ...settingOptions(),
    },
    examples: [['mesonym demo', 'Until you press Ctrl-C']],
    run: demo,
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

/** Every setting of the config is also a flag; there are too many to list in the help. */
function settingOptions(): Record<string, CommandOption> {
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
  return Object.fromEntries(entries) as Record<string, CommandOption>;
}
