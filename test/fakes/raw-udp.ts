import koffi from 'koffi';
import type { Octets } from '../../src/dns/index.ts';

const RAW = 3;
const UDP_PROTOCOL = 17;
const IPV4 = 2;

/**
 * Sends a UDP datagram over IPv4 loopback with any source port, 0 included. Needs root; returns
 * false where the kernel refuses.
 */
export function sendRaw(fromPort: number, toPort: number, payload: Octets): boolean {
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int, int, int)');
  const sendto = libc.func('long sendto(int, void *, size_t, int, void *, unsigned int)');
  const close = libc.func('int close(int)');
  const descriptor = socket(IPV4, RAW, UDP_PROTOCOL);
  if (descriptor < 0) return false;
  const datagram = Buffer.concat([Buffer.alloc(8), payload]);
  datagram.writeUInt16BE(fromPort, 0);
  datagram.writeUInt16BE(toPort, 2);
  datagram.writeUInt16BE(datagram.length, 4);
  const to = Uint8Array.from([IPV4, 0, 0, 0, 127, 0, 0, 1, ...new Uint8Array(8)]);
  const sent = sendto(descriptor, datagram, datagram.length, 0, to, to.length);
  close(descriptor);
  return sent === datagram.length;
}
