import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect } from 'vitest';
import { freePort } from '../../bench/measure/free-port.ts';
import { type FollowedZone, KEY, startFollowedZone } from '../fakes/followed-zone.ts';
import { testWith } from '../fakes/real-programs.ts';
import {
  type RealSecondary,
  realSecondary,
  type SecondaryProgram,
  untilTrue,
} from '../fakes/real-secondaries.ts';

const SEED = 1;
const PROGRAMS: readonly SecondaryProgram[] = ['knotd', 'nsd', 'named'];
const LIMIT_MS = 60_000;
/** Secondaries that are told nothing look by themselves so often. */
const BY_REFRESH = { SOARefresh: 1, SOARetry: 1 };

type Settings = Readonly<Record<string, unknown>>;
interface Setting {
  readonly primary: FollowedZone;
  readonly secondaries: readonly RealSecondary[];
}

const realTest = testWith(...PROGRAMS, 'dig');

describe('knotd, nsd and named', () => {
  const ends: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end.close();
  });

  /** A primary that knows all three, which are running. */
  async function setUp(settings: Settings = {}, isNotified = true): Promise<Setting> {
    const port = await freePort();
    const secondaries: RealSecondary[] = [];
    for (const program of PROGRAMS) secondaries.push(await realSecondary(program, port));
    const told = secondaries.map(secondary => {
      return { address: `127.0.0.1:${secondary.port}`, key: KEY.name, notify: isNotified };
    });
    const primary = await startFollowedZone(SEED, { port, secondaries: told, ...settings });
    ends.push(primary, ...secondaries);
    for (const secondary of secondaries) secondary.start();
    await untilEqual({ primary, secondaries });
    return { primary, secondaries };
  }

  realTest(
    'follow a thousand changes, and a new leading master, difference by difference',
    async () => {
      const setting = await setUp();
      const { primary } = setting;
      for (let step = 0; step < 20; step++) {
        await primary.churn(50);
        if (step === 10) await primary.cluster.masters.kill();
        await sleep(100);
      }
      await untilEqual(setting);
      const { axfr, ixfr, ...others } = await outcomes(primary);
      expect(axfr).toBe(PROGRAMS.length);
      expect(ixfr).toBeGreaterThanOrEqual(PROGRAMS.length);
      expect(others).toMatchObject({ 'ixfr-as-axfr': 0, refused: 0, 'bad-signature': 0 });
    },
    LIMIT_MS,
  );

  realTest(
    'go on where they were when they, or we, have been away',
    async () => {
      const setting = await setUp();
      const { primary, secondaries } = setting;
      for (const secondary of secondaries) await secondary.stop();
      await primary.churn(50);
      for (const secondary of secondaries) secondary.start();
      await untilEqual(setting);
      await primary.stop();
      await primary.churn(50);
      await primary.start();
      await untilEqual(setting);
      // The history was kept: nobody had to take the whole zone.
      expect(await outcomes(primary)).toMatchObject({ axfr: 0, 'ixfr-as-axfr': 0 });
    },
    LIMIT_MS,
  );

  realTest(
    'find changes by themselves when every notification is lost',
    async () => {
      const setting = await setUp(BY_REFRESH, false);
      await setting.primary.churn(50);
      await untilEqual(setting);
      expect(await outcomes(setting.primary)).toMatchObject({ axfr: PROGRAMS.length });
    },
    LIMIT_MS,
  );

  realTest(
    'take the whole zone in place of differences that are gone',
    async () => {
      const setting = await setUp({ transferHistoryRecords: 0 });
      await setting.primary.churn(50);
      await untilEqual(setting);
      const { ixfr, 'ixfr-as-axfr': whole } = await outcomes(setting.primary);
      expect(ixfr).toBe(0);
      expect(whole).toBeGreaterThanOrEqual(PROGRAMS.length);
    },
    LIMIT_MS,
  );

  realTest(
    'get nothing with a wrong secret',
    async () => {
      const port = await freePort();
      const wrong: readonly [string, string][] = [[KEY.secret, 'd3Jvbmcgc2VjcmV0Lg==']];
      const primary = await startFollowedZone(SEED, { port });
      ends.push(primary);
      for (const program of PROGRAMS) {
        const secondary = await realSecondary(program, port, wrong);
        ends.push(secondary);
        secondary.start();
        await untilTrue(`${program} was told`, () => NOT_AUTHENTIC[program].test(secondary.log()));
        expect(await secondary.zone()).toEqual([]);
      }
    },
    LIMIT_MS,
  );
});

/** What each logs when a response says that its signature is wrong. */
const NOT_AUTHENTIC: Readonly<Record<SecondaryProgram, RegExp>> = {
  knotd: /failed to verify TSIG/,
  nsd: /tsig error \(Bad Signature\)/,
  named: /tsig indicates error/,
};

async function untilEqual({ primary, secondaries }: Setting): Promise<void> {
  for (const secondary of secondaries) {
    const isEqual = async () => (await secondary.zone()).join() === (await primary.zone()).join();
    await untilTrue(`${secondary.program} has our zone`, isEqual).catch(async error => {
      expect(await secondary.zone(), `${error}\n${secondary.log()}`).toEqual(await primary.zone());
    });
  }
}

async function outcomes({ http }: FollowedZone): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`${http}/metrics`)).text();
  const found = text.matchAll(/^mesonym_transfers_total\{outcome="([^"]+)"\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, outcome, count]) => [outcome, Number(count)]));
}
