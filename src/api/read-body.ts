import type { IncomingMessage } from 'node:http';
import type { Octets } from '../dns/index.ts';

/** The body of a request; undefined when it is longer than `mostOctets`, or its client is gone. */
export function readBody(
  request: IncomingMessage,
  mostOctets: number,
): Promise<Octets | undefined> {
  const chunks: Buffer[] = [];
  let octets = 0;
  return new Promise(resolve => {
    request.on('data', (chunk: Buffer) => {
      octets += chunk.length;
      chunks.push(chunk);
      if (octets <= mostOctets) return;
      request.pause();
      resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('close', () => resolve(undefined));
  });
}
