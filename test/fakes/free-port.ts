import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** A port of 127.0.0.1 that is free for TCP and for UDP, for a program that cannot choose its own. */
export async function freePort(): Promise<number> {
  for (;;) {
    const stream = createServer().listen(0, '127.0.0.1');
    await once(stream, 'listening');
    const { port } = stream.address() as AddressInfo;
    const datagrams = createSocket('udp4');
    const outcome = await new Promise<'free' | 'taken'>(resolve => {
      datagrams.once('error', () => resolve('taken'));
      datagrams.bind(port, '127.0.0.1', () => resolve('free'));
    });
    stream.close();
    await once(stream, 'close');
    if (outcome === 'taken') continue;
    datagrams.close();
    await once(datagrams, 'close');
    return port;
  }
}
