import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** A tiny HTTP server that stands for a task's process; it answers with the instance's name. */
export interface TaskServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Why a server could not listen: the port is somebody else's, or not for this process to take. */
export type Refusal = 'in use' | 'not allowed';

/** Serves what `text` gives at the moment, at an address and port of loopback. */
export async function serveText(
  text: () => string,
  address: string,
  port: number,
): Promise<TaskServer | Refusal> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(`${text()}\n`);
  });
  server.listen(port, address);
  try {
    await once(server, 'listening');
  } catch (error) {
    const isInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    return isInUse ? 'in use' : 'not allowed';
  }
  return { address, port, close: () => closeServer(server) };
}

/** Tells a server from the reasons why there is none. */
export function isServing(outcome: TaskServer | Refusal): outcome is TaskServer {
  return typeof outcome === 'object';
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
