import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readText } from '../../src/mesos/master-body.ts';
import { masterClient } from '../../src/mesos/master-client.ts';
import { faultOf } from '../../src/mesos/master-error.ts';
import { systemClock } from '../../src/runtime/index.ts';
import { PROJECT } from '../paths.ts';
import { directoryOf, PLAIN_CLIENT } from './fixtures.ts';

const pem = (name: string) =>
  readFileSync(join(PROJECT, 'test/fixtures/tls', `${name}.pem`), 'utf8');
const ca = pem('ca');

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** A master by https: what it answers, or where it redirects. */
async function startMaster(options: ServerOptions, location?: string): Promise<number> {
  const server = createServer(options, (_, response) => {
    if (location === undefined) response.end('state');
    else response.writeHead(307, { location }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  });
  return (server.address() as AddressInfo).port;
}

const byName = { cert: pem('master'), key: pem('master-key') };
const byAddress = { cert: pem('master-by-address'), key: pem('master-by-address-key') };

interface Ask {
  readonly host: string;
  readonly port: number;
  readonly tls?: object;
  /** Configured names of the master at 127.0.0.1. */
  readonly names?: readonly string[];
}

async function ask({ host, port, tls = { ca }, names = [] }: Ask): Promise<string> {
  const directory = directoryOf({ 'm1.test': ['127.0.0.1'], 'm2.test': ['127.0.0.1'] });
  const client = masterClient(
    { ...PLAIN_CLIENT, isSecure: true, tls: { isVerified: true, ...tls } },
    systemClock(),
    { ...directory, namesOf: () => names },
  );
  open.push(client);
  const request = { method: 'GET', path: '/state', followsRedirects: true } as const;
  const signal = new AbortController().signal;
  return client.exchange({ host, port }, request, signal).then(readText, faultOf);
}

describe('TLS to a master', () => {
  test.each([
    { why: 'a good certificate for its name', master: byName, host: 'm1.test', found: 'state' },
    {
      why: 'a good certificate for its address',
      master: byAddress,
      host: '127.0.0.1',
      found: 'state',
    },
    { why: 'a certificate for another name', master: byName, host: 'm2.test', found: 'tls' },
    {
      why: 'a certificate for a name, asked by address',
      master: byName,
      host: '127.0.0.1',
      found: 'tls',
    },
    {
      why: 'the same, but the name is configured',
      master: byName,
      host: '127.0.0.1',
      names: ['m1.test'],
      found: 'state',
    },
    { why: 'an authority we do not know', master: byName, host: 'm1.test', tls: {}, found: 'tls' },
    {
      why: 'the same, where the config says not to verify',
      master: byName,
      host: 'm2.test',
      tls: { isVerified: false },
      found: 'state',
    },
  ])('$why', async ({ master, found, ...asked }) => {
    expect(await ask({ port: await startMaster(master), ...asked })).toBe(found);
  });

  test('a client certificate is shown where the master wants one', async () => {
    const port = await startMaster({ ...byName, ca, requestCert: true });
    const tls = { ca, cert: pem('client'), key: pem('client-key') };
    expect(await ask({ host: 'm1.test', port, tls })).toBe('state');
    expect(await ask({ host: 'm1.test', port })).not.toBe('state');
  });

  test('a redirect does not lead out of it, and stays in it without a scheme', async () => {
    const leader = await startMaster(byName);
    const inside = await startMaster(byName, `//m1.test:${leader}/state`);
    const outside = await startMaster(byName, `http://m1.test:${leader}/state`);
    expect(await ask({ host: 'm1.test', port: inside })).toBe('state');
    expect(await ask({ host: 'm1.test', port: outside })).toBe('redirect');
  });

  test('a master that speaks no TLS', async () => {
    const server = createPlainServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await ask({ host: 'm1.test', port })).toBe('tls');
    server.close();
  });
});
