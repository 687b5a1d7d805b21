import { afterEach, describe, expect } from 'vitest';
import { freePort } from '../../bench/measure/free-port.ts';
import { KEY, startFollowedZone } from '../fakes/followed-zone.ts';
import { PROGRAMS } from '../fakes/following-servers.ts';
import { testWith } from '../fakes/real-programs.ts';
import {
  type RealSecondary,
  realSecondary,
  type SecondaryProgram,
  untilTrue,
} from '../fakes/real-secondaries.ts';

const SEED = 7;
const LIMIT_MS = 60_000;
/** Where the simulated agents are. */
const SETTINGS = { reverseZones: ['127.0.0.0/8'] };
const ORIGIN = '127.in-addr.arpa';

/** How each names the zone it follows. */
const NAMED: Readonly<Record<SecondaryProgram, (origin: string) => string>> = {
  knotd: origin => `- domain: ${origin}\n`,
  nsd: origin => `    name: ${origin}\n`,
  named: origin => `zone "${origin}"`,
};

const realTest = testWith(...PROGRAMS, 'dig');

describe('knotd, nsd and named', () => {
  const ends: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end.close();
  });

  async function setUp() {
    const port = await freePort();
    const secondaries: RealSecondary[] = [];
    for (const program of PROGRAMS) {
      const name = NAMED[program];
      secondaries.push(await realSecondary(program, port, [[name('mesos'), name(ORIGIN)]]));
    }
    const told = secondaries.map(secondary => {
      return { address: `127.0.0.1:${secondary.port}`, key: KEY.name };
    });
    const primary = await startFollowedZone(SEED, { port, secondaries: told, ...SETTINGS });
    ends.push(primary, ...secondaries);
    for (const secondary of secondaries) secondary.start();
    const untilEqual = async () => {
      for (const secondary of secondaries) {
        const isEqual = async () =>
          (await secondary.zone(ORIGIN)).join() === (await primary.zone(ORIGIN)).join();
        await untilTrue(`${secondary.program} has our reverse zone`, isEqual).catch(async error => {
          const said = `${error}\n${secondary.log()}`;
          expect(await secondary.zone(ORIGIN), said).toEqual(await primary.zone(ORIGIN));
        });
      }
    };
    await untilEqual();
    return { primary, secondaries, untilEqual };
  }

  realTest(
    'follow a reverse zone difference by difference, through restarts and reloads',
    async () => {
      const { primary, secondaries, untilEqual } = await setUp();
      const pointers = (await primary.zone(ORIGIN)).filter(line => line.includes(' IN PTR '));
      expect(pointers.length).toBeGreaterThan(0);
      for (let step = 0; step < 10; step++) await primary.churn(20);
      await untilEqual();
      const { axfr, ixfr } = await primary.transfers();
      expect(axfr).toBe(PROGRAMS.length);
      expect(ixfr).toBeGreaterThanOrEqual(PROGRAMS.length);
      const [{ reverseZones }] = await primary.secondaries();
      expect(reverseZones).toMatchObject([{ origin: `${ORIGIN}.`, state: 'acknowledged' }]);
      // A reload keeps the differences.
      await primary.reload({ ttl: 60, SRVRecordDefaultWeight: 3 });
      await primary.churn(20);
      await untilEqual();
      expect(await primary.transfers()).toMatchObject({ 'ixfr-as-axfr': 0 });
      // A restart does not, but the serial goes on.
      const [before] = await primary.zone(ORIGIN);
      await primary.stop();
      await primary.start();
      const [after] = await primary.zone(ORIGIN);
      expect(Number(after.split(' ')[6])).toBeGreaterThan(Number(before.split(' ')[6]));
      await primary.churn(20);
      await untilEqual();
      expect(secondaries).toHaveLength(PROGRAMS.length);
    },
    LIMIT_MS,
  );
});
