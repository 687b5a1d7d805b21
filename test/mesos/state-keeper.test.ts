import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadStateFile, StateKeeper } from '../../src/mesos/index.ts';
import { type Log, quietLog } from '../../src/runtime/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { stateText } from '../fakes/state-text.ts';
import { WatchedStore } from '../fakes/watched-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesonym-keeper-'));
});
afterEach(() => rm(folder, { recursive: true }));

function setUp(path = join(folder, 'state')) {
  const clock = new SimulatedClock();
  const lines: string[] = [];
  const log: Log = {
    ...quietLog(),
    info: message => lines.push(`info ${message}`),
    error: message => lines.push(`error ${message}`),
  };
  const watched = new WatchedStore();
  let serial = 1;
  const current = () => watched.store.state && { state: watched.store.state, serial };
  const keeper = new StateKeeper({ path, everyMs: 10_000, current }, { clock, log });
  const savedSerial = async () => {
    const loaded = await loadStateFile(path, clock.now(), 1000);
    return loaded.kind === 'loaded' ? loaded.saved.serial : loaded.kind;
  };
  const change = (next: number) => {
    serial = next;
    watched.read(stateText({ agents: { S0: `10.0.0.${next}` } }));
    keeper.changed();
  };
  return { clock, keeper, lines, change, savedSerial };
}

test('changes are saved together, and at the end', async () => {
  const { clock, keeper, change, savedSerial } = setUp();
  change(2);
  change(3);
  await clock.advance(9_999);
  expect(await savedSerial()).toBe('none');
  await clock.advance(1);
  await expect.poll(savedSerial).toBe(3);
  change(4);
  await keeper.close();
  expect(await savedSerial()).toBe(4);
  expect(clock.pending).toBe(0);
});

test('before the first state there is nothing to save', async () => {
  const { keeper, savedSerial } = setUp();
  keeper.changed();
  await keeper.close();
  expect(await savedSerial()).toBe('none');
});

test('failing is told once, and tried again', async () => {
  await writeFile(join(folder, 'file'), '');
  const { clock, keeper, lines, change, savedSerial } = setUp(join(folder, 'file', 'state'));
  change(2);
  for (let turn = 0; turn < 3; turn++) {
    await clock.advance(10_000);
    await expect.poll(() => clock.pending).toBe(1);
  }
  expect(lines).toEqual(['error the state cannot be saved']);
  await rm(join(folder, 'file'));
  await clock.advance(10_000);
  await expect.poll(savedSerial).toBe(2);
  await keeper.close();
  expect(lines).toEqual(['error the state cannot be saved', 'info the state is saved again']);
});
