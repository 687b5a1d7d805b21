import { serial } from '../dns/index.ts';
import { recordLine, type ZoneDelta } from '../zone/index.ts';
import { type Arguments, namingConfig } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';
import { ZoneFromStates } from './zone-from-state.ts';

/** `mesonym diff`: what the zone gains and loses from one state to another, as `diff` shows it. */
export async function diff(args: Arguments, shell: Shell): Promise<ExitCode> {
  const config = namingConfig(args, shell);
  const zone = new ZoneFromStates(config);
  zone.publish(String(args.before), serial(1));
  const delta = zone.publish(String(args.after), serial(2));
  for (const line of deltaLines(delta, config.ttl)) shell.out(line);
  return 0;
}

/** A record a line, `-` before what goes and `+` before what comes, sorted by name. */
function deltaLines(delta: ZoneDelta | undefined, ttlSeconds: number): readonly string[] {
  const lines = (rrsets: ZoneDelta['added'] = []) =>
    new Set(rrsets.flatMap(({ records }) => records).map(record => recordLine(record, ttlSeconds)));
  const before = lines(delta?.removed);
  const after = lines(delta?.added);
  // An RRset that changed stands in both lists whole; only what differs is told.
  return [
    ...[...before].filter(line => !after.has(line)).map(line => ({ sign: '-', line })),
    ...[...after].filter(line => !before.has(line)).map(line => ({ sign: '+', line })),
  ]
    .toSorted((a, b) => (a.line < b.line ? -1 : 1))
    .map(({ sign, line }) => `${sign} ${line}`);
}
