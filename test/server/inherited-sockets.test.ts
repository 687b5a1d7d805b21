import { expect, test } from 'vitest';
import { inheritedDescriptors } from '../../src/server/index.ts';

test.each([
  { why: 'none without variables', environment: {}, descriptors: [] },
  {
    why: 'those of systemd',
    environment: { LISTEN_FDS: '2', LISTEN_PID: '7', LISTEN_FDNAMES: 'a:b' },
    descriptors: [3, 4],
  },
  {
    why: 'none that systemd meant for another process',
    environment: { LISTEN_FDS: '2', LISTEN_PID: '8' },
    descriptors: [],
  },
  {
    why: 'those of the process before',
    environment: { MESONYM_LISTEN_FDS: '3' },
    descriptors: [3, 4, 5],
  },
  {
    why: 'none where the count is none',
    environment: { LISTEN_FDS: '-1', LISTEN_PID: '7' },
    descriptors: [],
  },
])('process 7 inherits $why', ({ environment, descriptors }) => {
  const left: Record<string, string | undefined> = { ...environment, PATH: '/bin' };
  expect(inheritedDescriptors(left, 7)).toEqual(descriptors);
  expect(left).toEqual({ PATH: '/bin' });
});
