import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { descriptorOf } from '../../src/server/descriptor-of.ts';

test.runIf(process.platform === 'linux')(
  'an open socket has a descriptor, a closed one has none',
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address() as { port: number };
    const client = connect(address.port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [Socket];
    expect(descriptorOf(accepted)).toBeGreaterThan(2);
    accepted.destroy();
    expect(descriptorOf(accepted)).toBeUndefined();
    client.destroy();
    server.close();
  },
);
