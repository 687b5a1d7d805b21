import { compact, field, listField, type Report, textField } from './json-fields.ts';

/** The default range of an agent holds 1,001 ports; whoever takes more than this names no services. */
const MAX_PORTS = 4096;

const MAX_PORT = 65_535;

interface PortRange {
  readonly begin: number;
  readonly end: number;
}

/**
 * The host ports in a task's resources, in their order. `/state` writes them as text,
 * `"[31000-31001, 31005-31005]"`; v1 as a list of resources, of which several may be called `ports`.
 */
export function decodePorts(resources: unknown, report: Report): readonly number[] {
  const ranges = Array.isArray(resources)
    ? resources.filter(entry => field(entry, 'name') === 'ports').flatMap(rangesOfResource)
    : rangesOfText(textField(resources, 'ports'), report);
  return expand(ranges, report);
}

function rangesOfResource(resource: unknown): PortRange[] {
  return listField(field(resource, 'ranges'), 'range').map(range => ({
    begin: Number(field(range, 'begin')),
    end: Number(field(range, 'end')),
  }));
}

function rangesOfText(text: string, report: Report): PortRange[] {
  const inner = text.trim().replace(/^\[(.*)\]$/s, '$1');
  const ranges: PortRange[] = [];
  for (const part of inner.split(',')) {
    if (part.trim() === '') continue;
    const [, begin, end] = /^\s*(\d{1,10})\s*-\s*(\d{1,10})\s*$/.exec(part) ?? [];
    if (begin === undefined) report('port-range', part.slice(0, 100));
    else ranges.push({ begin: Number(begin), end: Number(end) });
  }
  return ranges;
}

/** A range that runs backwards is empty; one that leaves the 16 bits of a port keeps what lies within. */
function expand(ranges: readonly PortRange[], report: Report): readonly number[] {
  const ports: number[] = [];
  for (const { begin, end } of ranges) {
    if (!isPort(begin) || !isPort(end)) report('port-range', `${begin}-${end}`);
    if (!isPort(begin)) continue;
    const wanted = Math.min(end, MAX_PORT);
    const last = Math.min(wanted, begin + MAX_PORTS - ports.length - 1);
    if (last < wanted) report('port-limit', `${begin}-${end}`);
    for (let port = begin; port <= last; port++) ports.push(port);
  }
  return compact(ports);
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= MAX_PORT;
}
