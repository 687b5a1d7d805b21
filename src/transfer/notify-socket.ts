import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { ipAddress, type Octets } from '../dns/index.ts';

/** Where notifications leave from; a failed send is as good as a lost one, and is tried again. */
export interface NotifySocket {
  send(message: Octets, address: string, port: number): void;
  onMessage(hear: (message: Octets, address: string, port: number) => void): void;
  close(): Promise<void>;
}

/** One UDP socket a family, on a port the system chooses. */
export function notifySocket(): NotifySocket {
  const sockets = { udp4: createSocket('udp4'), udp6: createSocket('udp6') };
  const all = Object.values(sockets);
  // A socket without a listener for errors ends the process.
  for (const socket of all) socket.on('error', () => {});
  return {
    send: (message, address, port) => {
      sockets[isIPv6(address) ? 'udp6' : 'udp4'].send(message, port, address, () => {});
    },
    onMessage: hear => {
      for (const socket of all) {
        socket.on('message', (octets, { address, port }) => {
          hear(octets, ipAddress(address)?.text ?? address, port);
        });
      }
    },
    close: async () => {
      await Promise.all(all.map(closed));
    },
  };
}

function closed(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    socket.close(() => resolve());
  });
}
