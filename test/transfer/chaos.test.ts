import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Random, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { runChaos } from '../../src/simulator/index.ts';
import { type FollowingServers, PROGRAMS, startFollowing } from '../fakes/following-servers.ts';
import { testWith } from '../fakes/real-programs.ts';
import { type SecondaryProgram, untilTrue } from '../fakes/real-secondaries.ts';

/** How long things go wrong; a soak sets it to 3600, and reads a line about each quiet moment. */
const SECONDS = Number(process.env['MESONYM_CHAOS_SECONDS'] ?? 8);
const SEED = Number(process.env['MESONYM_CHAOS_SEED'] ?? 1);
/** After so long there is quiet, and all are compared. */
const ROUND_SECONDS = Math.min(60, SECONDS / 2);
/** However slow the machine is, there is more than one such moment. */
const LEAST_ROUNDS = 2;
const QUIET_WITHIN_MS = 60_000;
const LIMIT_MS = SECONDS * 3000 + 90_000;

/** One thing goes wrong after another, on average so often; and so often tasks change besides. */
const FAULT_EVERY_MS = 1_000;
const CHANGE_EVERY_MS = 300;
/** One in so many changes is a deployment of many tasks at once. */
const DEPLOYMENT_IN = 50;
const DEPLOYMENT_TASKS = 30;

testWith(...PROGRAMS, 'dig')(
  `knotd, nsd and named have our zone after chaos (seed ${SEED})`,
  async () => {
    const random = seededRandom(SEED);
    const setting = await startFollowing(SEED);
    const seen: Record<string, number> = {};
    let forgot = 0;
    const serials: string[] = [];
    try {
      const endMs = performance.now() + SECONDS * 1000;
      for (let round = 0; round < LEAST_ROUNDS || performance.now() < endMs; round++) {
        const faults = await chaos(setting, random);
        serials.push(await commonSerial(setting));
        tell(`round ${round}: ${faults} faults, all at ${serials.at(-1)}`, seen);
        if ((await interrupt(setting, round, seen)) === 'nsd') forgot++;
      }
      await commonSerial(setting);
      count(seen, await setting.primary.transfers());
      tell(`end: ${serials.length} quiet moments, ${new Set(serials).size} serials`, seen);
      expect(new Set(serials).size).toBeGreaterThan(1);
      // Differences led everywhere: nobody asked for one in vain, and few for the whole zone again.
      expect(seen['ixfr-as-axfr']).toBe(0);
      expect(seen['ixfr']).toBeGreaterThan(seen['axfr']);
      // NSD writes its zone file once an hour: ended before, it comes back without the zone.
      expect(seen['axfr']).toBe(PROGRAMS.length + forgot);
    } finally {
      await setting.close();
    }
  },
  LIMIT_MS,
);

/** Masters, agents and tasks fail, and tasks change; at the end all is well. Returns how many failed. */
async function chaos({ primary }: FollowingServers, random: Random): Promise<number> {
  const signal = AbortSignal.timeout(ROUND_SECONDS * 1000);
  let faults = 0;
  const failing = runChaos(primary.cluster, {
    clock: systemClock(),
    random,
    everyMs: FAULT_EVERY_MS,
    signal,
    tell: () => faults++,
  });
  while (!signal.aborted) {
    await primary.churn(random.below(DEPLOYMENT_IN) === 0 ? DEPLOYMENT_TASKS : 1);
    await sleep(random.below(2 * CHANGE_EVERY_MS));
  }
  await failing;
  return faults;
}

/** The serial that all have at a moment when nothing changes, with the same records under it. */
async function commonSerial(setting: FollowingServers): Promise<string> {
  let serial: string | undefined;
  const isFound = async () => {
    serial = await serialOfAll(setting);
    return serial !== undefined;
  };
  await untilTrue('all stand still', isFound, QUIET_WITHIN_MS);
  // The line above ends with a serial or not at all.
  return serial!;
}

/** Undefined while one is behind. Who has our serial must have our records, at any moment. */
async function serialOfAll({ primary, secondaries }: FollowingServers) {
  const before = await primary.zone();
  const zones = await Promise.all(secondaries.map(secondary => secondary.zone()));
  const ours = await primary.zone();
  if (ours[0] !== before[0]) return undefined;
  const same = zones.filter(([authority]) => authority === ours[0]);
  for (const zone of same) expect(zone).toEqual(ours);
  return same.length === zones.length ? ours[0].split(' ')[6] : undefined;
}

/** Every few rounds a secondary, which is told, or our own server, ends and comes back. */
async function interrupt(
  { primary, secondaries }: FollowingServers,
  round: number,
  seen: Record<string, number>,
): Promise<SecondaryProgram | undefined> {
  if (round % 3 === 0) return undefined;
  if (round % 3 === 1) {
    count(seen, await primary.transfers());
    await primary.stop();
    await primary.start();
    return undefined;
  }
  const secondary = secondaries[Math.floor(round / 3) % secondaries.length];
  await secondary.stop();
  await primary.churn(1);
  secondary.start();
  return secondary.program;
}

function count(seen: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [outcome, times] of Object.entries(more)) {
    seen[outcome] = (seen[outcome] ?? 0) + times;
  }
}

function tell(line: string, seen: Readonly<Record<string, number>>): void {
  if (process.env['MESONYM_CHAOS_SECONDS'] === undefined) return;
  process.stdout.write(`${new Date().toISOString()} ${line} ${JSON.stringify(seen)}\n`);
}
