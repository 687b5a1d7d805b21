import { connect } from 'node:net';
import { queryOctets } from '../measure/udp-client.ts';

/** A whole transfer, as a client saw it. */
export interface ZoneRead {
  readonly ms: number;
  readonly octets: number;
}

// A process of its own: a line for each transfer, for so many or so long, one at least.
const [host, port, expireSeconds, transfers, seconds] = process.argv.slice(2);
const endMs = performance.now() + Number(seconds) * 1000;
for (
  let count = 0;
  count === 0 || count < Number(transfers) || performance.now() < endMs;
  count++
) {
  process.stdout.write(`${JSON.stringify(await readZone())}\n`);
}

/** Reads a whole transfer, as far as it takes to see its end. */
function readZone(): Promise<ZoneRead> {
  const startedMs = performance.now();
  const query = queryOctets('mesos AXFR');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host);
    let octets = 0;
    let chunks = 0;
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The transfer was cut')));
    socket.on('data', chunk => {
      octets += chunk.length;
      // The zone begins with its start of authority, too: that alone is no end.
      if (chunks++ === 0 || !endsZone(chunk)) return;
      resolve({ ms: performance.now() - startedMs, octets });
      socket.destroy();
    });
    socket.write(Buffer.concat([Buffer.of(query.length >> 8, query.length & 255), query]));
  });
}

/** SOAExpire is the last but one number of a transfer. */
function endsZone(chunk: Buffer): boolean {
  return chunk.length >= 8 && chunk.readUInt32BE(chunk.length - 8) === Number(expireSeconds);
}
