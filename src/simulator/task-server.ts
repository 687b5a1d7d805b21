import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** A tiny HTTP server that stands for a task's process; it answers with the instance's name. */
export interface TaskServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `text` at an address and port of loopback. Undefined when it cannot listen there: the port
 * is in use, or it is below 1024 and this process may not take it.
 */
export async function serveText(
  text: string,
  address: string,
  port: number,
): Promise<TaskServer | undefined> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(`${text}\n`);
  });
  server.listen(port, address);
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  return { address, port, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
