import { expect } from 'vitest';
import { freePort } from '../../bench/measure/free-port.ts';
import { type FollowedZone, KEY, startFollowedZone } from './followed-zone.ts';
import {
  type RealSecondary,
  realSecondary,
  type SecondaryProgram,
  untilTrue,
} from './real-secondaries.ts';

export const PROGRAMS: readonly SecondaryProgram[] = ['knotd', 'nsd', 'named'];

/** Our server, with a knotd, an nsd and a named that follow it. */
export interface FollowingServers {
  readonly primary: FollowedZone;
  readonly secondaries: readonly RealSecondary[];
  /** Resolves when each has our zone, record for record; shows the difference when one has not. */
  untilEqual(): Promise<void>;
  close(): Promise<void>;
}

/** Starts all four, the secondaries with our first zone; `isNotified` says whether we notify them. */
export async function startFollowing(
  seed: number,
  settings: Readonly<Record<string, unknown>> = {},
  isNotified = true,
): Promise<FollowingServers> {
  const port = await freePort();
  const secondaries: RealSecondary[] = [];
  for (const program of PROGRAMS) secondaries.push(await realSecondary(program, port));
  const told = secondaries.map(secondary => {
    return { address: `127.0.0.1:${secondary.port}`, key: KEY.name, notify: isNotified };
  });
  const primary = await startFollowedZone(seed, { port, secondaries: told, ...settings });
  const close = async () => {
    for (const secondary of secondaries) await secondary.close();
    await primary.close();
  };
  const untilEqual = async () => {
    for (const secondary of secondaries) await untilSame(secondary, primary);
  };
  try {
    for (const secondary of secondaries) secondary.start();
    await untilEqual();
  } catch (error) {
    await close();
    throw error;
  }
  return { primary, secondaries, untilEqual, close };
}

async function untilSame(secondary: RealSecondary, primary: FollowedZone): Promise<void> {
  const isEqual = async () => (await secondary.zone()).join() === (await primary.zone()).join();
  await untilTrue(`${secondary.program} has our zone`, isEqual).catch(async error => {
    expect(await secondary.zone(), `${error}\n${secondary.log()}`).toEqual(await primary.zone());
  });
}
