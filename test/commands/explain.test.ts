import { expect, test } from 'vitest';
import { explanationLines } from '../../src/commands/explain.ts';
import { knownName } from '../../src/dns/index.ts';
import { HOLD_REASONS } from '../../src/mesos/index.ts';
import { explainName } from '../../src/records/index.ts';
import { clusterWith, rulesWith, taskWith } from '../fakes/cluster.ts';

const task = taskWith();

function lines(held = new Map()): readonly string[] {
  const state = clusterWith({ tasks: [task], held });
  return explanationLines(explainName(knownName('web.marathon.mesos'), state, rulesWith()));
}

test('a task is explained by its state, its name and where its addresses come from', () => {
  expect(lines()).toEqual([
    'web.marathon.mesos.',
    '  task test',
    '    TASK_RUNNING, framework marathon, agent 10.0.0.7',
    '    named web after its task name web',
    '    addresses by source: netinfo: 172.17.0.2; mesos: none; host: 10.0.0.7; taken from netinfo',
    '    web.marathon.mesos. A 172.17.0.2',
  ]);
});

test('a held task says so, with a reason of its own for each case', () => {
  const said = HOLD_REASONS.map(reason => lines(new Map([[task.key, reason]]))[5]);
  expect(said[0]).toBe(
    '    held, for the leader does not list it: its agent or framework has not come back since the leader changed',
  );
  expect(new Set(said).size).toBe(HOLD_REASONS.length);
});
