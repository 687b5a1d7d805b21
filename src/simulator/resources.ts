import type { Json, JsonObject, TaskResources } from './model.ts';

/** What every agent offers. */
export const AGENT_RESOURCES = { cpus: 64, mem: 262144, disk: 1048576 };
/** The first of an agent's ports by default. */
export const FIRST_PORT = 31000;
/** The last of them. */
export const LAST_PORT = 32000;

interface Range {
  readonly begin: number;
  readonly end: number;
}

const NOTHING: TaskResources = { cpus: 0, mem: 0, disk: 0, ports: [] };

/** All of them together; scalars in thousandths, as Mesos adds them. */
export function sumResources(parts: Iterable<TaskResources>): TaskResources {
  let sum = { ...NOTHING };
  const ports: number[] = [];
  for (const { cpus, mem, disk, ports: own } of parts) {
    sum = { ...sum, cpus: sum.cpus + cpus, mem: sum.mem + mem, disk: sum.disk + disk };
    ports.push(...own);
  }
  return { cpus: round(sum.cpus), mem: round(sum.mem), disk: round(sum.disk), ports };
}

/** As in `/state`: `{"disk":0,"mem":32,"gpus":0,"cpus":0.1,"ports":"[31000-31001]"}`. */
export function resourcesV0({ cpus, mem, disk, ports }: TaskResources): JsonObject {
  const text = ports.length === 0 ? undefined : rangesText(mergedRanges(ports));
  return { disk, mem, gpus: 0, cpus, ports: text };
}

/** What an agent has in all, as in `/state`. */
export function agentResourcesV0(): JsonObject {
  const { cpus, mem, disk } = AGENT_RESOURCES;
  return { disk, mem, gpus: 0, cpus, ports: `[${FIRST_PORT}-${LAST_PORT}]` };
}

/** What an agent has in all, as v1 lists it; `extra` goes into each resource. */
export function agentResourcesV1(extra: JsonObject = {}): Json[] {
  const { cpus, mem, disk } = AGENT_RESOURCES;
  const scalars = [scalar('cpus', cpus, extra), scalar('mem', mem, extra)];
  const ports = ranges([{ begin: FIRST_PORT, end: LAST_PORT }], extra);
  return [...scalars, scalar('disk', disk, extra), ports];
}

/** A task's resources as v1 lists them: each port is a range of its own. */
export function taskResourcesV1({ cpus, mem, ports }: TaskResources): Json[] {
  const extra = { allocation_info: { role: '*' } };
  const scalars = [scalar('cpus', cpus, extra), scalar('mem', mem, extra)];
  if (ports.length === 0) return scalars;
  return [
    ...scalars,
    ranges(
      ports.map(port => ({ begin: port, end: port })),
      extra,
    ),
  ];
}

/** Resources in use, as v1 lists them; undefined when there are none. */
export function allocatedV1({ cpus, mem, ports }: TaskResources): Json[] | undefined {
  if (cpus === 0 && mem === 0) return undefined;
  const extra = { role: '*', allocation_info: { role: '*' } };
  const scalars = [scalar('cpus', cpus, extra), scalar('mem', mem, extra)];
  return ports.length === 0 ? scalars : [...scalars, ranges(mergedRanges(ports), extra)];
}

function scalar(name: string, value: number, extra: JsonObject): JsonObject {
  return { name, type: 'SCALAR', scalar: { value }, ...extra };
}

function ranges(range: readonly Range[], extra: JsonObject): JsonObject {
  const list = range.map(({ begin, end }) => ({ begin, end }));
  return { name: 'ports', type: 'RANGES', ranges: { range: list }, ...extra };
}

function mergedRanges(ports: readonly number[]): Range[] {
  const merged: Range[] = [];
  for (const port of [...ports].sort((a, b) => a - b)) {
    const last = merged.at(-1);
    if (last && port <= last.end + 1) merged[merged.length - 1] = { ...last, end: port };
    else merged.push({ begin: port, end: port });
  }
  return merged;
}

function rangesText(list: readonly Range[]): string {
  return `[${list.map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
