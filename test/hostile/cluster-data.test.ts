import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOctets, tcpClient, udpClient } from '../fakes/dns-client.ts';
import { HOSTILE_NAMES, hostileState } from '../fakes/hostile-state.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { seenResponse, verdictOf } from '../fakes/verdict.ts';
import { PROJECT } from '../paths.ts';
import { addressesIn, expectUnharmed } from './unharmed.ts';

const MIB = 2 ** 20;
const PLAIN = hostileState('plain', []);
/** Every hostile name for both kinds of task; `__proto__` for a framework. */
const STRANGE = hostileState(
  '__proto__',
  HOSTILE_NAMES.flatMap(name => [{ name }, { name }]),
);

let product: ServedProduct;
beforeAll(async () => {
  const options = ['--expose-gc', '--import', `${PROJECT}/test/fakes/breakable.ts`];
  product = await serveProduct(PLAIN, {}, options);
});
afterAll(() => product.close());

async function addresses(name: string): Promise<readonly string[]> {
  const client = await tcpClient('127.0.0.1', product.port);
  client.send(queryOctets(1, name));
  const found = addressesIn((await client.receive())!);
  client.close();
  return found;
}

/** Gives the master a state and waits until the number of its tasks is served. */
async function become(state: Buffer, tasks: number): Promise<void> {
  product.serve(state);
  while ((await product.metric('mesonym_tasks')) !== tasks) await webIsAnswered();
}

async function webIsAnswered(): Promise<void> {
  const client = await udpClient('127.0.0.1', product.port);
  const response = await client.ask(queryOctets(1, 'web.marathon.mesos'));
  await client.close();
  expect(addressesIn(response)).toEqual(['10.9.8.1']);
}

/** Octets of the control thread's heap that outlive collections of garbage. */
async function heapInUse(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 5; look++) {
    product.child.kill('SIGPWR');
    least = Math.min(least, await product.metric('nodejs_heap_size_used_bytes'));
  }
  return least;
}

/** The names and labels of all series. */
async function series(): Promise<readonly string[]> {
  const lines = (await product.text('/metrics')).split('\n');
  return lines
    .filter(line => line.startsWith('mesonym_'))
    .map(line => line.slice(0, line.lastIndexOf(' ')));
}

test('names of any octets and length: served, escaped, no series for any', async () => {
  const before = new Set(await series());
  await become(STRANGE, 1 + 2 * HOSTILE_NAMES.length);
  for (const name of ['constructor', 'tostring', 'proto', 'hasownproperty']) {
    expect(await addresses(`${name}.proto.mesos`), name).not.toEqual([]);
  }
  const added = (await series()).filter(each => !before.has(each));
  // Causes of faults are a closed set; they appear with the first fault.
  expect(
    added.filter(each => !/_(faults_total|skipped_records)\{cause="[a-z-]+"\}$/.test(each)),
  ).toEqual([]);
  expect(await product.text('/v1/zone')).toMatch(/^[\n -~]*$/);
  await webIsAnswered();
  await expectUnharmed(product);
});

test.each([
  '/v1/axfr',
  '/v1/enumerate',
  '/v1/services/_web._tcp.marathon.mesos',
  '/v1/status',
  '/v1/config',
])('%s is JSON in the face of it', async path => {
  await become(STRANGE, 1 + 2 * HOSTILE_NAMES.length);
  const text = await product.text(path);
  expect(JSON.parse(text)).toBeTypeOf('object');
});

test.each(
  HOSTILE_NAMES.filter(name => name.length < 1_000),
)('/v1/hosts/%j is answered', async name => {
  for (const route of ['hosts', 'services', 'explain']) {
    const url = `${product.origin}/v1/${route}/${encodeURIComponent(name.toWellFormed())}`;
    const response = await fetch(url, { redirect: 'manual' });
    expect(response.status, url).toBeLessThan(500);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-type')).not.toMatch(/html/);
    expect(await response.text()).not.toMatch(/node:internal|\.ts:\d/);
  }
});

test('the log has a line of JSON for each event, short, and few of them', async () => {
  const before = product.log.length;
  // No character of theirs can stand in a label.
  const bad = Array.from({ length: 3_000 }, (_, index) => ({
    name: `${'名'.repeat(1_000)}\n${String.fromCharCode(0x4e00 + index)}`,
  }));
  await become(hostileState('bad', bad), 3_001);
  const lines = product.log.slice(before);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThan(100);
  for (const line of lines) {
    expect(line).toMatch(/^\{[ -~\u0080-\uffff]*\}$/);
    expect(line.length).toBeLessThan(2_000);
    expect(() => JSON.parse(line)).not.toThrow();
  }
  expect(await product.metric('mesonym_zone_skipped_records{cause="name"}')).toBe(3_000);
});

test('10,000 ports of one task are cut, counted, and answered within bounds', async () => {
  const before = await heapInUse();
  await become(
    hostileState('ports', [{ name: 'all', ports: '[1-10000, 0-65535, 4-99999999999]' }]),
    2,
  );
  expect(await addresses('all.ports.mesos')).toEqual(['10.9.8.1']);
  const client = await tcpClient('127.0.0.1', product.port);
  client.send(queryOctets(1, '_all._tcp.ports.mesos', 33));
  const response = await client.receive();
  client.close();
  expect(verdictOf(response)).toMatch(/^NOERROR aa (tc )?rd ra SRV/);
  expect(seenResponse(response!)!.message.answers!.length).toBeGreaterThan(1_000);
  expect(await product.metric('mesonym_state_faults_total{cause="port-limit"}')).toBeGreaterThan(0);
  expect((await heapInUse()) - before).toBeLessThan(16 * MIB);
  await webIsAnswered();
});

test('5,000 instances of one name: what fits by UDP and TCP, and no stall', async () => {
  const tasks = Array.from({ length: 5_000 }, (_, index) => ({
    name: 'crowd',
    address: `10.7.${index >> 8}.${index & 255}`,
  }));
  await become(hostileState('many', tasks), 5_001);
  expect((await addresses('crowd.many.mesos')).length).toBeGreaterThan(4_000);
  const client = await udpClient('127.0.0.1', product.port);
  const cut = await client.ask(queryOctets(1, 'crowd.many.mesos'));
  await client.close();
  expect(cut.length).toBeLessThanOrEqual(512);
  expect(verdictOf(cut)).toMatch(/^NOERROR aa tc rd ra A$/);
});

test('thousands of new names with every state: no names and no memory stay behind', async () => {
  const ofGeneration = (number: number) => {
    const names = Array.from({ length: 2_000 + number }, (_, index) => `g${number}-${index}`);
    return hostileState(
      'churn',
      names.map(name => ({ name })),
    );
  };
  const inUse: number[] = [];
  for (let number = 0; number < 4; number++) {
    await become(ofGeneration(number), 2_001 + number);
    expect(await addresses(`g${number}-7.churn.mesos`)).toEqual(['10.9.8.1']);
    // A large difference takes effect step by step, removals last.
    while ((await addresses(`g${number - 1}-7.churn.mesos`)).length > 0) await webIsAnswered();
    inUse.push(await heapInUse());
  }
  // Some of what names were made of is remembered, up to a bound; the tasks themselves take more.
  expect(inUse[3] - inUse[1]).toBeLessThan(16 * MIB);
  await expectUnharmed(product);
});
