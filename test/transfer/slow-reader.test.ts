import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Answer, decode, encode } from 'dns-packet';
import { expect, onTestFinished, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import {
  changeTasks,
  generateCluster,
  startStaticMaster,
  stateOctets,
} from '../../src/simulator/index.ts';
import { untilTrue } from '../fakes/real-secondaries.ts';
import { steadyQueries } from '../fakes/steady-queries.ts';

const SEED = 3;
const TASKS = 20_000;
const CHANGED = 500;
const LIMIT_MS = 60_000;

test(
  'who reads slowly gets one version of the zone, and holds up nobody',
  async () => {
    const random = seededRandom(SEED);
    const cluster = generateCluster({ tasks: TASKS, services: 5_000, agents: 200 }, random);
    const master = await startStaticMaster(() => performance.now());
    master.publish([...stateOctets(cluster, master.pid)]);
    const app = await startApp(configFor(master.address), {
      clock: systemClock(),
      random: seededRandom(2),
      log: quietLog(),
    });
    onTestFinished(async () => {
      await app.close(0);
      await master.close();
    });
    await app.whenReady();
    const before = await zoneOf(app.http!);
    const serial = await serialOf(app.http!);
    const queries = await steadyQueries(app.dns[0], `${cluster.tasks[0].name}.marathon.mesos`, 200);
    const reader = await askForZone(app.dns[0].port);
    onTestFinished(() => void reader.destroy());
    // The first octets have come: the version is chosen, and most of it still to be sent.
    await once(reader, 'readable');
    changeTasks(cluster, CHANGED, random);
    master.publish([...stateOctets(cluster, master.pid)]);
    await untilTrue('the zone has changed', async () => (await serialOf(app.http!)) !== serial);
    await queries.more(100);
    const readBefore = reader.bytesRead;
    const messages = await readMessages(reader);
    const { sent, answered, wrong } = await queries.stop();

    expect(reader.bytesRead).toBeGreaterThan(readBefore);
    expect(messages.length).toBeGreaterThan(50);
    const lines = messages.flatMap(octets => (decode(octets).answers ?? []).map(lineOf));
    expect(lines[0]).toBe(before[0]);
    expect(lines.at(-1)).toBe(before[0]);
    expect(lines.slice(1, -1).toSorted()).toEqual(before.slice(1));
    expect({ answered, wrong }).toEqual({ answered: sent, wrong: 0 });
  },
  LIMIT_MS,
);

function configFor(master: string) {
  const settings = {
    masters: [master],
    source: 'poll',
    refreshSeconds: 1,
    listener: '127.0.0.1',
    port: 0,
    httpListener: '127.0.0.1',
    httpPort: 0,
    externalOn: false,
    snapshotFile: '',
    transferAcl: ['127.0.0.1'],
  };
  return loadConfig({ settings, environment: {} }).config;
}

async function zoneOf(http: string): Promise<string[]> {
  return (await (await fetch(`${http}/v1/zone`)).text()).trimEnd().split('\n');
}

async function serialOf(http: string): Promise<string | undefined> {
  const text = await (await fetch(`${http}/metrics`)).text();
  return /^mesonym_zone_serial (\d+)$/m.exec(text)?.[1];
}

async function askForZone(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const query = encode({ id: 1, questions: [{ type: 'AXFR', name: 'mesos' }] });
  socket.write(Buffer.concat([Buffer.of(query.length >> 8, query.length & 255), query]));
  return socket;
}

/** All messages up to the one that ends the zone, which is ended by its second start of authority. */
async function readMessages(socket: Socket): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  let rest = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      const message = rest.subarray(2, end);
      rest = rest.subarray(end);
      messages.push(message);
      if (messages.length > 1 && isLast(message)) return messages;
    }
  }
  throw new Error('The transfer ended without its last message');
}

/** Only the last message ends in the times of the start of authority. */
function isLast(message: Buffer): boolean {
  return message.readUInt32BE(message.length - 8) === 86_400;
}

/** A record as our master file writes it. */
function lineOf(record: Answer): string {
  const { name, type } = record;
  const ttl = 'ttl' in record ? record.ttl : 0;
  const head = `${name}. ${ttl} IN ${type}`;
  if (record.type === 'A' || record.type === 'AAAA') return `${head} ${record.data}`;
  if (record.type === 'NS') return `${head} ${record.data}.`;
  if (record.type === 'SRV') {
    const { priority, weight, port, target } = record.data;
    return `${head} ${priority} ${weight} ${port} ${target}.`;
  }
  if (record.type === 'SOA') {
    const { mname, rname, serial, refresh, retry, expire, minimum } = record.data;
    return `${head} ${mname}. ${rname}. ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
  }
  return head;
}
