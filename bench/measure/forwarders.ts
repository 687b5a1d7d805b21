import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext, BenchResult } from '../benchmark.ts';
import {
  dnsmasq,
  namedForwarder,
  UPSTREAM,
  UPSTREAM_ZONE,
  unbound,
} from '../servers/forwarding.ts';
import { mesonym } from '../servers/mesonym.ts';
import { startServer } from '../servers/server.ts';
import { LOAD_CORE } from './process-group.ts';
import { measureRounds, type RoundsOptions } from './rounds.ts';

const HOT_NAMES = 1_000;
const READY = `ready.${UPSTREAM_ZONE} A`;

/** Measures every forwarder round by round, all with the one upstream, which runs meanwhile. */
export async function measureForwarders(
  context: BenchContext,
  options: Pick<RoundsOptions, 'units' | 'measure'>,
): Promise<BenchResult> {
  const reason = UPSTREAM.missing(context);
  if (reason || !context.programs.dnsblast || !context.programs.dnsperf) {
    return { series: [], notes: [`not measured: ${reason ?? 'a load generator is missing'}`] };
  }
  const upstream = await startServer(UPSTREAM, context, READY, LOAD_CORE);
  try {
    const settings = { externalOn: true, resolvers: [`127.0.0.1:${upstream.port}`] };
    const others = [unbound, dnsmasq, namedForwarder].map(kind => kind(upstream.port));
    const kinds = [mesonym('mesonym', settings), ...others];
    return await measureRounds(context, { ...options, kinds, readyQuery: READY });
  } finally {
    await upstream.stop();
  }
}

/** Writes queries for names that are few enough to be in every cache after a moment; the file's name. */
export function writeHotQueries({ folder }: BenchContext): string {
  return writeNames(join(folder, 'hot.txt'), 'hot', HOT_NAMES);
}

/** Writes queries for so many names below the upstream's zone; the file's name. */
export function writeNames(file: string, kind: string, count: number): string {
  const line = (index: number) => `${kind}-${index}.${UPSTREAM_ZONE} A\n`;
  writeFileSync(file, Array.from({ length: count }, (_, index) => line(index)).join(''));
  return file;
}
