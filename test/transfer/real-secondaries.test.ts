import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect } from 'vitest';
import { freePort } from '../../bench/measure/free-port.ts';
import { KEY, startFollowedZone } from '../fakes/followed-zone.ts';
import { type FollowingServers, PROGRAMS, startFollowing } from '../fakes/following-servers.ts';
import { testWith } from '../fakes/real-programs.ts';
import { realSecondary, type SecondaryProgram, untilTrue } from '../fakes/real-secondaries.ts';

const SEED = 1;
const LIMIT_MS = 60_000;
/** Secondaries that are told nothing look by themselves so often. */
const BY_REFRESH = { SOARefresh: 1, SOARetry: 1 };

type Settings = Readonly<Record<string, unknown>>;

const realTest = testWith(...PROGRAMS, 'dig');

describe('knotd, nsd and named', () => {
  const ends: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end.close();
  });

  async function setUp(settings?: Settings, isNotified?: boolean): Promise<FollowingServers> {
    const setting = await startFollowing(SEED, settings, isNotified);
    ends.push(setting);
    return setting;
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
      await setting.untilEqual();
      const { axfr, ixfr, ...others } = await primary.transfers();
      expect(axfr).toBe(PROGRAMS.length);
      expect(ixfr).toBeGreaterThanOrEqual(PROGRAMS.length);
      expect(others).toMatchObject({ 'ixfr-as-axfr': 0, refused: 0, 'bad-signature': 0 });
      const [authority] = await primary.zone();
      const reports = await primary.secondaries();
      expect(reports.map(({ lastTransfer }) => lastTransfer?.sentSerial)).toEqual(
        PROGRAMS.map(() => Number(authority.split(' ')[6])),
      );
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
      await setting.untilEqual();
      await primary.stop();
      await primary.churn(50);
      await primary.start();
      await setting.untilEqual();
      // The history was kept: nobody had to take the whole zone.
      expect(await primary.transfers()).toMatchObject({ axfr: 0, 'ixfr-as-axfr': 0 });
    },
    LIMIT_MS,
  );

  realTest(
    'ask by datagrams, where they are told to, and by TCP what is too long for one',
    async () => {
      const port = await freePort();
      const byUdp: readonly [string, string][] = [['request-xfr: ', 'request-xfr: UDP ']];
      const secondary = await realSecondary('nsd', port, byUdp);
      const told = [{ address: `127.0.0.1:${secondary.port}`, key: KEY.name }];
      const primary = await startFollowedZone(SEED, { port, secondaries: told, ...BY_REFRESH });
      ends.push(primary, secondary);
      secondary.start();
      const isEqual = async () => (await secondary.zone()).join() === (await primary.zone()).join();
      await untilTrue('nsd has our zone', isEqual);
      await primary.churn(10);
      await untilTrue('nsd has the changes', isEqual);
      // It looks again by itself, and is told by a datagram that it has all.
      await untilTrue('nsd has asked again', async () => {
        const [{ lastTransfer }] = await primary.secondaries();
        return lastTransfer?.outcome === 'up-to-date' && lastTransfer.transport === 'udp';
      });
      const { 'needs-tcp': tooLong, ixfr } = await primary.transfers();
      expect(tooLong).toBeGreaterThan(0);
      expect(ixfr).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );

  realTest(
    'find changes by themselves when every notification is lost',
    async () => {
      const setting = await setUp(BY_REFRESH, false);
      await setting.primary.churn(50);
      await setting.untilEqual();
      expect(await setting.primary.transfers()).toMatchObject({ axfr: PROGRAMS.length });
    },
    LIMIT_MS,
  );

  realTest(
    'take the whole zone in place of differences that are gone',
    async () => {
      const setting = await setUp({ transferHistoryRecords: 0 });
      await setting.primary.churn(50);
      await setting.untilEqual();
      const { ixfr, 'ixfr-as-axfr': whole } = await setting.primary.transfers();
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
