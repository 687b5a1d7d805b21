import { readFileSync } from 'node:fs';
import { loadConfig } from '../config/index.ts';
import { sleep } from '../runtime/index.ts';
import {
  type ClusterControl,
  type MarathonAppJson,
  type SimulatedCluster,
  serveControl,
  startCluster,
} from '../simulator/index.ts';
import { askServer } from './ask-server.ts';
import { DEMO_TIMINGS, demoChanges } from './demo-changes.ts';
import { changeLines, invitation } from './demo-text.ts';
import { readEvents } from './read-events.ts';
import { type Arguments, settingFlags } from './settings.ts';
import type { AppWorld, ExitCode, RunningApp, Shell } from './shell.ts';
import { makeWorld } from './world.ts';

const APPS = ['apache2', 'rabbitmq'];
const PAUSE_MS = 5_000;

/** `mesonym demo`: a small cluster and a server for it in this process, until a signal ends it. */
export async function demo(args: Arguments, shell: Shell): Promise<ExitCode> {
  const ended = new AbortController();
  const stops = (['SIGINT', 'SIGTERM'] as const).map(signal =>
    shell.onSignal(signal, () => ended.abort()),
  );
  const world = makeWorld('error');
  const cluster = await startCluster({ ...world, timings: DEMO_TIMINGS, serveTasks: true });
  const byHand = new AbortController();
  const control = await serveControl(cluster, world.clock, ({ text }) => {
    byHand.abort();
    shell.out(`\nAsked for: ${text}`);
  });
  try {
    for (const app of APPS) await cluster.launch(readApp(app));
    await run({ cluster, control, byHand: byHand.signal }, args, world, shell, ended.signal);
    return 0;
  } finally {
    for (const stop of stops) stop();
    await control.close();
    await cluster.close();
  }
}

/** The cluster, and who lets things happen in it: the demo, until somebody does it by hand. */
interface Stage {
  readonly cluster: SimulatedCluster;
  readonly control: ClusterControl;
  readonly byHand: AbortSignal;
}

async function run(
  { cluster, control, byHand }: Stage,
  args: Arguments,
  world: AppWorld,
  shell: Shell,
  ended: AbortSignal,
): Promise<void> {
  const { config } = loadConfig({
    settings: {
      masters: cluster.addresses,
      refreshSeconds: 1,
      listener: '127.0.0.1',
      port: 0,
      httpListener: '127.0.0.1',
      httpPort: 0,
      resolvers: [],
    },
    environment: shell.environment,
    flags: settingFlags(args),
  });
  const app = await shell.startApp(config, world);
  try {
    await app.whenReady();
    for (const line of invitation(app, cluster.running, control.origin)) shell.out(line);
    if (args.once === true) return;
    const enough = AbortSignal.any([ended, byHand]);
    await Promise.all([tellChanges(app, shell, ended), makeChanges(cluster, world, shell, enough)]);
  } finally {
    await app.close(0);
  }
}

/** Prints what each change of the zone brings, as the watch API tells it. */
async function tellChanges({ http }: RunningApp, shell: Shell, ended: AbortSignal): Promise<void> {
  if (http === undefined) return;
  try {
    const response = await askServer({ origin: http, headers: {} }, '/v1/watch', shell, ended);
    if (!response.body) return;
    for await (const event of readEvents(response.body)) {
      if (event.kind === 'delta') for (const line of changeLines(event.text)) shell.out(line);
    }
  } catch (error) {
    if (!ended.aborted) throw error;
  }
}

async function makeChanges(
  cluster: SimulatedCluster,
  { clock }: AppWorld,
  shell: Shell,
  enough: AbortSignal,
): Promise<void> {
  for (const { what, make } of demoChanges(cluster)) {
    await sleep(clock, PAUSE_MS, enough);
    if (enough.aborted) return;
    shell.out(`\n${what}`);
    await make();
  }
}

function readApp(name: string): MarathonAppJson {
  const file = new URL(`../../config/apps/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as MarathonAppJson;
}
