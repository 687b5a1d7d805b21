import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server through which nothing comes while it is cut: others reach it as ever. */
export interface BreakableWay {
  readonly host: string;
  readonly port: number;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens a port of loopback that leads to `target`. */
export async function breakableWay(target: {
  readonly host: string;
  readonly port: number;
}): Promise<BreakableWay> {
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer(near => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(target);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      open.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      end();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      end();
      server.close();
      await once(server, 'close');
    },
  };
}
