import { expect, test } from 'vitest';
import { FOLLOW_FAULTS, HOLD_REASONS } from '../../src/mesos/index.ts';
import { CATALOGUE } from '../../src/metrics/index.ts';

// The catalogue may import nothing of ours, so that its closed sets are held to their sources here.
test.each([
  {
    metric: 'mesonym_state_load_failures_total',
    label: CATALOGUE.mesonym_state_load_failures_total.labels.cause,
    source: FOLLOW_FAULTS,
  },
  {
    metric: 'mesonym_state_held_tasks',
    label: CATALOGUE.mesonym_state_held_tasks.labels.reason,
    source: HOLD_REASONS,
  },
])('the labels of $metric are those that can happen', ({ label, source }) => {
  expect([...label].sort()).toEqual([...source].sort());
});
