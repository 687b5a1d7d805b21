import type { Octets } from '../../src/dns/index.ts';
import { FrameReader } from '../../src/server/frames.ts';

/** What a reader finds in a stream that arrives in these chunks. */
export function readFrames(chunks: readonly Octets[]) {
  const reader = new FrameReader();
  const messages: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    let found = reader.next();
    for (; found === 'message'; found = reader.next()) {
      messages.push(Buffer.from(reader.octets.subarray(reader.start, reader.end)).toString('hex'));
    }
    if (found === 'malformed') return { messages, isMalformed: true, isInside: false };
  }
  return { messages, isMalformed: false, isInside: reader.isInsideMessage };
}
