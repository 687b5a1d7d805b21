import packet from 'dns-packet';
import { afterEach, expect, test } from 'vitest';
import { quietLog } from '../../src/runtime/index.ts';
import { placeSteps } from '../../src/zone/index.ts';
import { startAnswerThreads } from '../fakes/answer-threads.ts';
import { a } from '../fakes/answering-zone.ts';
import { queryOctets, udpClient } from '../fakes/dns-client.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const place = (agent: number) => ({ agent, zone: agent, region: 1 });
const LOCALITY = { isFilter: true, networks: [], forwarders: [] };

test('a thread that takes the place of a dead one knows where everything is', async () => {
  const known = new Map([
    ['127.0.0.1', place(1)],
    ['10.0.0.1', place(1)],
    ['10.0.0.2', place(2)],
  ]);
  const steps = () => placeSteps(known);
  const changes = { locality: LOCALITY };
  const running = await startAnswerThreads(1, quietLog(), changes, '127.0.0.1', steps);
  const client = await udpClient('127.0.0.1', running.port);
  opened.push(client, running);
  running.publish('near', [a('near.fw.mesos', '10.0.0.1'), a('near.fw.mesos', '10.0.0.2')]);
  const told = async () => {
    await running.threads.settled();
    const response = await client.ask(queryOctets(1, 'near.fw.mesos'));
    const { answers = [] } = packet.decode(Buffer.from(response));
    return answers.flatMap(answer => (answer.type === 'A' ? [answer.data] : []));
  };
  expect(await told()).toEqual(['10.0.0.1']);
  // The client moves, as the control thread hears.
  known.set('127.0.0.1', place(2));
  running.threads.publishPlaces(steps());
  expect(await told()).toEqual(['10.0.0.2']);
  await running.threads.kill(0);
  expect(await told()).toEqual(['10.0.0.2']);
});
