import { recordValue } from '../dns/index.ts';
import type { HoldReason } from '../mesos/index.ts';
import type { AdditionFacts, Explanation, PartFacts, TaskFacts } from '../records/index.ts';
import { askServer } from './ask-server.ts';
import { type Arguments, serverFor } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';

const HELD_SINCE: Readonly<Record<HoldReason, string>> = {
  recovering: 'its agent or framework has not come back since the leader changed',
  'no-agents': 'the leader says that it has no agents at all, which is not yet believed',
  unconfirmed: 'half of all tasks went at once, and a second look has yet to confirm it',
  'agent-back': 'its agent has just come back, and may still tell of it',
};

/** `mesonym explain`: why a name or an address has these records, or none. */
export async function explain(args: Arguments, shell: Shell): Promise<ExitCode> {
  const what = typeof args.what === 'string' ? args.what : '';
  const server = serverFor(args, shell);
  const response = await askServer(server, `/v1/explain/${encodeURIComponent(what)}`, shell);
  const explanation = (await response.json()) as Explanation;
  if (args.json === true) shell.out(JSON.stringify(explanation, undefined, 2));
  else for (const line of explanationLines(explanation)) shell.out(line);
  return 0;
}

/** An explanation for people. */
export function explanationLines(explanation: Explanation): readonly string[] {
  const { name, address, place, parts, tasks, moreParts, moreTasks, additions } = explanation;
  const more = moreParts + moreTasks;
  const what = name ?? address ?? 'this';
  if (parts.length + tasks.length + additions.length === 0) {
    return [`${what}: nothing in the cluster has to do with it`, ...placeLines(place)];
  }
  return [
    what,
    ...placeLines(place),
    ...parts.flatMap(partLines),
    ...tasks.flatMap(taskLines),
    ...additions.flatMap(additionLines),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function placeLines(place: Explanation['place']): readonly string[] {
  if (!place) return [];
  const known = [
    ['agent', place.agent],
    ['zone', place.zone],
    ['region', place.region],
  ].filter(([, text]) => text !== '');
  return [`  place: ${known.map(([what, text]) => `${what} ${shown(text)}`).join(', ')}`];
}

function partLines({ kind, id, name, records, hidden, faults }: PartFacts): readonly string[] {
  return [
    `  ${kind} ${name || id}`,
    ...(hidden === undefined ? [] : [`    without records: ${hidden}`]),
    ...records.map(recordLine),
    ...faults.map(faultLine),
  ];
}

function taskLines(task: TaskFacts): readonly string[] {
  const { naming, sources, chosenSource, records, faults, skipped, held, isLeftOut } = task;
  const health = task.isHealthy === undefined ? '' : task.isHealthy ? ', healthy' : ', unhealthy';
  const found = sources.map(
    ({ source, addresses }) => `${source}: ${addresses.join(' ') || 'none'}`,
  );
  return [
    `  task ${shown(task.id)}`,
    `    ${task.state}${health}, framework ${shown(task.framework.name)}, agent ${task.agent.host ?? task.agent.id}`,
    `    named ${naming.forms.join(' and ')} after its ${naming.from} ${shown(naming.text)}`,
    `    addresses by source: ${found.join('; ')}; taken from ${chosenSource ?? 'nowhere'}`,
    ...(held === undefined
      ? []
      : [`    held, for the leader does not list it: ${HELD_SINCE[held]}`]),
    ...(isLeftOut
      ? ['    left out of the names it shares: another task of its name is in better health']
      : []),
    ...(skipped === undefined ? [] : [`    without records: ${skipped}`]),
    ...records.map(recordLine),
    ...faults.map(faultLine),
  ];
}

function additionLines({ rule, source, record, lostTo }: AdditionFacts): readonly string[] {
  const has = lostTo === 'mesos-dns' ? 'a name of Mesos-DNS' : `the rule ${lostTo}`;
  const end = lostTo === undefined ? '' : `: left out, ${has} has this name`;
  return [`  by the rule ${rule}, from ${shown(source)}${end}`, recordLine(record)];
}

function recordLine(record: PartFacts['records'][number]): string {
  return `    ${record.owner} ${record.type} ${recordValue(record)}`;
}

function faultLine({ cause, what }: PartFacts['faults'][number]): string {
  return `    left out, ${cause}: ${shown(what)}`;
}

/** Texts from the cluster hold any characters; those that drive a terminal are escaped. */
function shown(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : JSON.stringify(text);
}
