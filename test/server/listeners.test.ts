import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { quietLog } from '../../src/runtime/index.ts';
import {
  type ListenAddress,
  type Listeners,
  type ListenOptions,
  loadSystemCalls,
  openListeners,
} from '../../src/server/index.ts';
import { type SocketAddress, socketAddress } from '../../src/server/socket-address.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const systemCalls = await loadSystemCalls(() => {});
const isLinux = process.platform === 'linux';
const opened: Listeners[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(listeners => listeners.close()));
});

async function open(
  addresses: readonly ListenAddress[],
  options: Partial<ListenOptions> = {},
): Promise<Listeners> {
  const listeners = await openListeners(addresses, {
    threads: 1,
    systemCalls,
    clock: new SimulatedClock(),
    log: quietLog(),
    onChange: () => {},
    ownAddresses: () => [],
    ...options,
  });
  opened.push(listeners);
  return listeners;
}

const at = (text: string): SocketAddress => socketAddress(text, 0)!;

test('the FFI loads on Linux', () => {
  expect(systemCalls !== undefined).toBe(isLinux);
});

test('an FFI that does not load is a reason, not an error', async () => {
  const reasons: string[] = [];
  const calls = await loadSystemCalls(
    reason => reasons.push(reason),
    () => Promise.reject(new Error('no binary')),
  );
  expect(calls).toBeUndefined();
  expect(reasons).toEqual(['no binary']);
});

describe.each([
  { how: 'kept', calls: systemCalls },
  { how: 'made by threads', calls: undefined },
])('sockets $how', ({ calls }) => {
  const options = { systemCalls: calls };

  test('port 0 is one free port for UDP and TCP', async () => {
    const listeners = await open([{ address: '127.0.0.1', port: 0 }], options);
    const sockets = listeners.socketsOf(0);
    expect(sockets.map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
    expect(new Set(sockets.map(({ port }) => port))).toEqual(
      new Set([listeners.addresses[0].port]),
    );
    expect(listeners.addresses[0].port).toBeGreaterThan(0);
  });

  test('a port another program has is an error that names it', async () => {
    const other = createSocket({ type: 'udp4', reuseAddr: true, reusePort: isLinux });
    other.bind(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address();
    await expect(open([{ address: '127.0.0.1', port }], options)).rejects.toMatchObject({
      name: 'ListenError',
      code: 'EADDRINUSE',
      address: '127.0.0.1',
      port,
      transport: 'udp',
      message: expect.stringContaining(`Cannot listen at 127.0.0.1:${port} by udp: EADDRINUSE`),
    });
    other.close();
  });

  test('an address of another machine is an error that names it', async () => {
    await expect(open([{ address: '192.0.2.1', port: 0 }], options)).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
      message: expect.stringContaining('expected an address of one of the interfaces'),
    });
  });

  test('what is not an address is an error', async () => {
    await expect(open([{ address: 'localhost', port: 0 }], options)).rejects.toThrow(
      'localhost is not an IP address',
    );
  });

  test('several addresses have their own sockets', async () => {
    const listeners = await open(
      [
        { address: '127.0.0.1', port: 0 },
        { address: '127.0.0.2', port: 0 },
        { address: '::1', port: 0 },
      ],
      options,
    );
    const places = listeners
      .socketsOf(0)
      .map(({ address, transport }) => `${address} ${transport}`);
    expect(places).toEqual([
      '127.0.0.1 udp',
      '127.0.0.1 tcp',
      '127.0.0.2 udp',
      '127.0.0.2 tcp',
      '::1 udp',
      '::1 tcp',
    ]);
  });
});

test.runIf(isLinux)('each thread has sockets of its own, sharing the port', async () => {
  const listeners = await open([{ address: '127.0.0.1', port: 0 }], { threads: 3 });
  const descriptors = [0, 1, 2].flatMap(thread =>
    listeners.socketsOf(thread).map(({ descriptor }) => descriptor),
  );
  expect(new Set(descriptors).size).toBe(6);
  expect(descriptors).not.toContain(undefined);
});

test.runIf(isLinux)('a second instance on the same port fails', async () => {
  const first = await open([{ address: '0.0.0.0', port: 0 }]);
  await expect(open(first.addresses)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test.runIf(isLinux)('wildcards of both families share a port', async () => {
  const first = await open([{ address: '0.0.0.0', port: 0 }]);
  const second = await open([{ address: '::', port: first.addresses[0].port }]);
  expect(second.addresses[0].port).toBe(first.addresses[0].port);
});

describe.runIf(isLinux)('interfaces of a wildcard', () => {
  test('each address has a UDP socket of its own, and those of now count', async () => {
    const clock = new SimulatedClock();
    let own = [at('127.0.0.1'), at('::1')];
    let changes = 0;
    const listeners = await open([{ address: '0.0.0.0', port: 0 }], {
      clock,
      ownAddresses: () => own,
      onChange: () => void changes++,
    });
    const udp = () =>
      listeners
        .socketsOf(0)
        .filter(({ transport }) => transport === 'udp')
        .map(({ address }) => address);
    expect(udp()).toEqual(['0.0.0.0', '127.0.0.1']);
    own = [at('127.0.0.2'), at('127.0.0.3')];
    await clock.advance(4999);
    expect(udp()).toEqual(['0.0.0.0', '127.0.0.1']);
    await clock.advance(1);
    expect(udp()).toEqual(['0.0.0.0', '127.0.0.2', '127.0.0.3']);
    await clock.advance(5000);
    expect(changes).toBe(2);
  });

  test('an address that cannot be bound yet is tried again, and logged once', async () => {
    const clock = new SimulatedClock();
    const warnings: string[] = [];
    const log = { ...quietLog(), warn: (message: string) => void warnings.push(message) };
    const options = { clock, log, ownAddresses: () => [at('192.0.2.1')] };
    const listeners = await open([{ address: '0.0.0.0', port: 0 }], options);
    await clock.advance(20_000);
    expect(listeners.socketsOf(0)).toHaveLength(2);
    expect(warnings).toEqual(['Cannot listen at an interface address yet']);
  });

  test('an address listed beside the wildcard is not opened twice', async () => {
    const { port } = (await open([{ address: '127.0.0.1', port: 0 }])).addresses[0];
    await opened.pop()?.close();
    const listeners = await open(
      [
        { address: '0.0.0.0', port },
        { address: '127.0.0.1', port },
      ],
      { ownAddresses: () => [at('127.0.0.1')] },
    );
    expect(listeners.socketsOf(0)).toHaveLength(4);
  });
});

describe.runIf(isLinux)('inherited sockets', () => {
  const inheritedFrom = async (threads: number) => {
    const old = await open([{ address: '127.0.0.1', port: 0 }], { threads });
    const inherited = old.descriptors().map(descriptor => systemCalls!.duplicate(descriptor));
    return { old, inherited };
  };

  test('are served again while the old owner still has them', async () => {
    const { old, inherited } = await inheritedFrom(1);
    const next = await open(old.addresses, { inherited });
    expect(next.descriptors()).toHaveLength(inherited.length);
  });

  test('are joined by fresh ones for more threads', async () => {
    const { old, inherited } = await inheritedFrom(1);
    const next = await open(old.addresses, { inherited, threads: 2 });
    expect(next.descriptors()).toHaveLength(4);
  });

  test('are all served when there are fewer threads', async () => {
    const { old, inherited } = await inheritedFrom(3);
    const next = await open(old.addresses, { inherited, threads: 1 });
    expect(next.socketsOf(0)).toHaveLength(inherited.length);
  });

  test('that nobody asks for are closed, with a line in the log', async () => {
    const { old, inherited } = await inheritedFrom(1);
    const warnings: unknown[] = [];
    const log = { ...quietLog(), warn: (_: string, fields?: object) => void warnings.push(fields) };
    await open([{ address: '127.0.0.1', port: 0 }], { inherited, log });
    expect(warnings).toEqual([{ unused: 2 }]);
    await old.close();
    opened.splice(opened.indexOf(old), 1);
    // A descriptor left open would keep the port.
    await open(old.addresses);
  });
});
