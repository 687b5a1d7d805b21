import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../bench/measure/free-port.ts';
import { clientSettings } from './client-settings.ts';
import type { ServedCluster } from './served-cluster.ts';

/** A HAProxy that runs with the settings of config/clients. */
export interface HaproxyProcess {
  /** Where it takes requests. */
  readonly url: string;
  /** `address:port` of each server that has an address, and whether it is up. */
  servers(): Promise<readonly HaproxyServer[]>;
}

export interface HaproxyServer {
  readonly place: string;
  readonly isUp: boolean;
}

/** Starts it before `served`; ended with the rest of it. */
export async function startHaproxy(served: ServedCluster): Promise<HaproxyProcess> {
  const { folder, dnsPort } = served;
  const port = await freePort();
  const [settings, statsFile] = [join(folder, 'haproxy.cfg'), join(folder, 'stats.cfg')];
  const text = clientSettings('haproxy.cfg', {
    '10.0.0.1:53': `127.0.0.1:${dnsPort}`,
    '10.0.0.2:53': `127.0.0.1:${dnsPort}`,
    '127.0.0.1:8080': `127.0.0.1:${port}`,
  });
  writeFileSync(settings, text);
  const socket = join(folder, 'haproxy.socket');
  writeFileSync(statsFile, `global\n    stats socket ${socket}\n`);
  const files = ['-f', settings, '-f', statsFile];
  // The first server that has an address is the first thing it says.
  await served.startClient(/resolves again/, 'haproxy', '-db', ...files);
  return {
    url: `http://127.0.0.1:${port}/`,
    servers: async () => readServers(await command(socket, 'show servers state apache2')),
  };
}

/** Reads the table of the stats socket: address, state (2 is running) and port stand in fixed columns. */
function readServers(table: string): readonly HaproxyServer[] {
  return table
    .split('\n')
    .filter(line => /^\d+ apache2 /.test(line))
    .map(line => line.split(' '))
    .filter(columns => columns[4] !== '-')
    .map(columns => ({ place: `${columns[4]}:${columns[18]}`, isUp: columns[5] === '2' }));
}

function command(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(path, () => socket.write(`${line}\n`));
    socket.on('data', chunk => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', reject);
  });
}
