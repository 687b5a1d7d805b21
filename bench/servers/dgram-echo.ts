import { createSocket } from 'node:dgram';

/** Sends each datagram back as a response with one answer counted, from a plain `node:dgram` socket. */
const port = Number(process.argv[2]);
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
socket.on('message', (query, peer) => {
  query[2] |= 0x80;
  query[7] = 1;
  socket.send(query, peer.port, peer.address);
});
socket.bind(port, '127.0.0.1');
