import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { startOwnProcess } from '../fakes/own-process.ts';
import { testWith } from '../fakes/real-programs.ts';

/** A printed line, as somebody pastes it. */
async function paste(line: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', line]);
  return stdout;
}

testWith(
  'dig',
  'curl',
  'promtool',
)('every line the demo prints works when pasted, and changes are told', async () => {
  const demo = startOwnProcess(['demo']);
  const said = await demo.untilSaid(/Ctrl-C ends it\.\n/);
  const lines = said.split('\n').filter(line => /^ {2}(dig|curl (?!-X POST)) ?/.test(line));
  expect(lines.length).toBeGreaterThan(8);
  const outputs = await Promise.all(lines.map(paste));
  const output = (part: string) => outputs[lines.findIndex(line => line.includes(part))];
  expect(output(' apache2.marathon.mesos').trim().split('\n')).toHaveLength(2);
  expect(output('_apache2._tcp').match(/\sSRV\s/g)).toHaveLength(2);
  expect(output('rabbitmq.marathon')).toMatch(/\sA\s127\./);
  expect(output('# apache2')).toMatch(/apache2/);
  expect(output('/metrics')).toMatch(/mesonym_build_info\{.*\} 1/);
  const check = { input: output('/metrics'), encoding: 'utf8' } as const;
  expect(execFileSync('promtool', ['check', 'metrics'], check)).toBe('');
  expect(outputs.filter(text => text.trim() === '')).toEqual([]);

  await demo.untilSaid(
    /scaled to 3 instances\n {2}zone \d+\n(?: {2}[-+] .*\n)*? {2}\+ apache2\.marathon\.mesos\. A /,
  );
  expect(await demo.end('SIGINT')).toBe(0);
});

testWith('dig', 'curl')(
  'what is asked for by hand happens, and no name is lost by it',
  async () => {
    const demo = startOwnProcess(['demo']);
    const said = await demo.untilSaid(/Ctrl-C ends it\.\n/);
    const lines = said.split('\n').filter(line => line.startsWith('  curl -X POST '));
    const line = (part: string) => lines.find(each => each.includes(part))!;
    const addresses = said.split('\n').find(each => each.includes('answer rabbitmq'))!;

    expect(await paste(line('scale/3'))).toMatch(/(task apache2 [\s\S]*){3}/);
    await demo.untilSaid(/Asked for: so many instances[\s\S]*\+ apache2\.marathon\.mesos\. A /);
    expect(await paste(line('leader/kill'))).toMatch(/^master \S+ dead$/m);
    expect(await paste(addresses)).toMatch(/\sA\s127\./);
    expect(await paste(line('agents/1/lose'))).toMatch(/^agent 1 lost$/m);
    const back = line('agents/1/lose').replace('/lose', '/return');
    expect(await paste(back)).toMatch(/^agent 1 connected$/m);
    expect(await paste(line('rabbitmq/kill'))).not.toBe('');
    // Nothing happens by itself any more.
    const changes = (await demo.untilSaid(/one instance dies/)).split('Asked for')[1];
    expect(changes).not.toMatch(/Marathon starts another one/);
    expect(await demo.end('SIGINT')).toBe(0);
  },
);
