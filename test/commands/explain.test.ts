import { expect, test } from 'vitest';
import { explanationLines } from '../../src/commands/explain.ts';
import { ipAddress, knownName, network } from '../../src/dns/index.ts';
import { HOLD_REASONS } from '../../src/mesos/index.ts';
import { explainAddress, explainName, placeRules } from '../../src/records/index.ts';
import { agentWith, clusterWith, rulesWith, taskWith } from '../fakes/cluster.ts';

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

test.each([
  { address: '10.0.0.7', line: '  place: agent 10.0.0.7, zone a, region "e\\u001bu"' },
  { address: '192.0.2.1', line: '  place: region west' },
  { address: '198.51.100.1', line: undefined },
])('the place of $address is told as far as it is known', ({ address, line }) => {
  const faultDomain = { region: 'e\x1bu', zone: 'a' };
  const state = clusterWith({ agents: [agentWith({ faultDomain })] });
  const located = { network: network('192.0.2.0/24')!, region: 'west', zone: '' };
  const places = placeRules({ attribute: '', networks: [located] });
  const asked = ipAddress(address)!;
  const said = explanationLines(explainAddress(asked, state, rulesWith(), places));
  expect(said.find(each => each.includes('place'))).toBe(line);
});

test('a record beyond those of Mesos-DNS names its rule, and who has the name instead', () => {
  const owner = knownName('web.marathon.mesos');
  const target = knownName('db.mesos');
  const rules = rulesWith({
    aliases: [{ type: 'CNAME', owner, target }],
    staticRecords: [{ type: 'A', owner: target, address: '10.1.2.3' }],
    aliasLabel: 'dns-name',
  });
  const labelled = taskWith({ labels: [{ key: 'dns-name', value: 'db.mesos.' }] });
  const state = clusterWith({ tasks: [labelled] });
  expect(explanationLines(explainName(owner, state, rules)).slice(-2)).toEqual([
    '  by the rule alias, from the config: left out, a name of Mesos-DNS has this name',
    '    web.marathon.mesos. CNAME db.mesos.',
  ]);
  expect(explanationLines(explainName(target, state, rules))).toEqual([
    'db.mesos.',
    '  by the rule static, from the config',
    '    db.mesos. A 10.1.2.3',
    '  by the rule label, from task test: left out, the rule static has this name',
    '    db.mesos. A 172.17.0.2',
  ]);
});
