import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Where the kernel takes ports for clients from when it does not say. */
const FIRST_CLIENT_PORT = 32_768;
const FIRST_PORT = 10_000;

/**
 * A port of `host` that is free for UDP and TCP. It lies below those the kernel gives to clients:
 * one of these may be taken by any connection before the server that is to have it has started.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const end = Math.max(firstClientPort(), FIRST_PORT + 1_000);
  for (;;) {
    const port = randomInt(FIRST_PORT, end);
    if ((await canListen(port, host)) && (await canBind(port, host))) return port;
  }
}

function firstClientPort(): number {
  try {
    return Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  } catch {
    return FIRST_CLIENT_PORT;
  }
}

async function canListen(port: number, host: string): Promise<boolean> {
  const tcp = createServer();
  try {
    tcp.listen(port, host);
    await once(tcp, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    tcp.close();
  }
}

async function canBind(port: number, host: string): Promise<boolean> {
  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    udp.bind(port, host);
    await once(udp, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    udp.close();
  }
}
