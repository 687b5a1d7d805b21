import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { SystemCalls } from './system-calls.ts';

/** Rings while a descriptor is ready to read. */
export interface Doorbell {
  close(): Promise<void>;
}

/**
 * Calls `ring` in every turn of the event loop in which `descriptor` is ready to read, and leaves the
 * reading to it. Node has no such watcher, and its `dgram` reads whatever it watches; so it is given
 * an epoll descriptor under the number of a socket. That one it watches, and fails to read
 * (ENOTSOCK): the error is the ring. It must be swapped before the event loop first looks at it.
 */
export function doorbell(calls: SystemCalls, descriptor: number, ring: () => void): Doorbell {
  const watch = calls.watch(descriptor);
  const socket = createSocket('udp4');
  const number = calls.open('udp', 4);
  socket.on('error', ring);
  socket.bind({ fd: number });
  calls.replace(number, watch);
  return {
    close: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
