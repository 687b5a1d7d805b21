import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadStateFile, type SavedState, saveStateFile } from '../../src/mesos/index.ts';
import { seededRandom, sleep, systemClock } from '../../src/runtime/index.ts';
import { readRecording } from '../fakes/mesos-recordings.ts';
import { WatchedStore } from '../fakes/watched-store.ts';
import { PROJECT } from '../paths.ts';

const DAY_MS = 86_400_000;
const NOW = 1_700_000_000_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesonym-state-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A state of a real cluster. */
function realState(): SavedState {
  const watched = new WatchedStore();
  watched.read(readRecording('state/state-with-pod.json'));
  watched.store.setMasters([{ host: 'm1.example', port: 5050 }]);
  watched.store.setHostAddresses(new Map([['m1.example', ['10.0.0.1', '::1']]]));
  return { state: watched.store.state!, savedMs: NOW, serial: 4_294_967_295 };
}

test('what was saved is loaded, and equal to what is read then', async () => {
  const path = join(folder, 'deep', 'down', 'state');
  const saved = realState();
  await saveStateFile(path, saved);
  const loaded = await loadStateFile(path, NOW + DAY_MS, DAY_MS);
  expect(loaded).toStrictEqual({ kind: 'loaded', saved });
  expect(await readdir(join(folder, 'deep', 'down'))).toEqual(['state']);
});

test('after a restart, only what has changed meanwhile is touched', async () => {
  const path = join(folder, 'restart');
  await saveStateFile(path, realState());
  const loaded = await loadStateFile(path, NOW, DAY_MS);
  const watched = new WatchedStore();
  if (loaded.kind === 'loaded') watched.store.restore(loaded.saved.state);
  watched.read(readRecording('state/state-with-pod.json'));
  expect(watched.updates.map(({ touched }) => touched === 'all')).toEqual([true]);
});

describe('files that are not used', () => {
  const good = async () => {
    const path = join(folder, 'good');
    await saveStateFile(path, realState());
    return readFile(path, 'utf8');
  };

  test.each([
    { why: 'empty', spoil: () => '', fault: 'foreign' },
    { why: 'something else', spoil: () => 'hello\nworld\n', fault: 'foreign' },
    { why: 'JSON of something else', spoil: () => '{"format":"other"}\n', fault: 'foreign' },
    {
      why: 'a later version',
      spoil: (text: string) => text.replace('"version":1', '"version":2'),
      fault: 'version',
    },
    { why: 'cut at the end', spoil: (text: string) => text.slice(0, -2), fault: 'broken' },
    {
      why: 'cut in the middle',
      spoil: (text: string) => text.slice(0, text.length / 2),
      fault: 'broken',
    },
    {
      why: 'cut behind the header',
      spoil: (text: string) => text.slice(0, text.indexOf('\n') + 1),
      fault: 'broken',
    },
    {
      why: 'one octet changed',
      spoil: (text: string) => text.replace('TASK_RUNNING', 'TASK_RUNNINH'),
      fault: 'broken',
    },
    { why: 'a line more', spoil: (text: string) => `${text}{}\n`, fault: 'broken' },
  ])('$why', async ({ spoil, fault }) => {
    const path = join(folder, 'spoilt');
    await writeFile(path, spoil(await good()));
    const loaded = await loadStateFile(path, NOW, DAY_MS);
    expect(loaded).toMatchObject({ kind: 'unusable', fault });
  });

  test('too old; from tomorrow is not', async () => {
    const path = join(folder, 'good');
    await good();
    expect(await loadStateFile(path, NOW + DAY_MS + 1, DAY_MS)).toEqual({
      kind: 'unusable',
      fault: 'too-old',
      message: `Cannot use the saved state ${path}: it is 86400 s old, expected at most 86400 s`,
    });
    expect((await loadStateFile(path, NOW - DAY_MS, DAY_MS)).kind).toBe('loaded');
  });

  test('none, and a folder', async () => {
    expect(await loadStateFile(join(folder, 'nowhere'), NOW, DAY_MS)).toEqual({ kind: 'none' });
    await mkdir(join(folder, 'a folder'));
    const loaded = await loadStateFile(join(folder, 'a folder'), NOW, DAY_MS);
    expect(loaded).toMatchObject({ kind: 'unusable', fault: 'unreadable' });
  });
});

test('what a killed process left beside it is removed, if it is old', async () => {
  const path = join(folder, 'leftovers', 'state');
  await saveStateFile(path, realState());
  for (const name of ['state.1.tmp', 'state.2.tmp', 'state.old', 'other.3.tmp']) {
    await writeFile(join(folder, 'leftovers', name), '');
  }
  const hourAgo = new Date(NOW - 3_600_000);
  for (const name of ['state.1.tmp', 'state.old', 'other.3.tmp']) {
    await utimes(join(folder, 'leftovers', name), hourAgo, hourAgo);
  }
  await saveStateFile(path, realState());
  const left = await readdir(join(folder, 'leftovers'));
  expect(left.sort()).toEqual(['other.3.tmp', 'state', 'state.2.tmp', 'state.old']);
});

test('a save that fails leaves nothing behind', async () => {
  const path = join(folder, 'in the way');
  await mkdir(path);
  await writeFile(join(path, 'file'), '');
  await expect(saveStateFile(path, realState())).rejects.toThrow();
  expect((await readdir(folder)).filter(file => file.endsWith('.tmp'))).toEqual([]);
});

describe('killed at any moment', () => {
  const random = seededRandom(20_261_122);
  const clock = systemClock();

  /** Lets a process save until it is killed in the midst of it. */
  async function killWhileSaving(path: string, first: number, afterMs: number): Promise<void> {
    const script = join(PROJECT, 'test/fakes/save-for-ever.ts');
    const child = spawn(process.execPath, [script, path, `${first}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    await sleep(clock, afterMs);
    child.kill('SIGKILL');
    await ended;
  }

  test.concurrent.each([
    1, 2, 3, 4,
  ])('25 times, there is always a whole state (lane %d of 4)', async lane => {
    const path = join(folder, `lane-${lane}`);
    for (let turn = 0, least = 20; turn < 25; turn++) {
      await killWhileSaving(path, least, random.below(25));
      const loaded = await loadStateFile(path, Date.now(), DAY_MS);
      if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded));
      const { serial = 0, state } = loaded.saved;
      expect(state.tasks.size).toBe(serial);
      expect(serial).toBeGreaterThanOrEqual(least);
      least = Math.min(serial, 200);
    }
  });
});
