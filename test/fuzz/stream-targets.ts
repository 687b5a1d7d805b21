import type { Octets } from '../../src/dns/index.ts';
import { FrameReader as UpstreamFrames } from '../../src/forward/frame-reader.ts';
import { type Random, seededRandom } from '../../src/runtime/index.ts';
import { ZooKeeperError } from '../../src/zookeeper/error.ts';
import { FrameCutter } from '../../src/zookeeper/frames.ts';
import { JuteReader } from '../../src/zookeeper/jute.ts';
import { readConnected, readReplyHeader } from '../../src/zookeeper/protocol.ts';
import { readFrames } from '../fakes/read-frames.ts';
import type { FuzzTarget } from './fuzz.ts';
import { hold } from './hold.ts';

const MOST_PIECES = 6;
/** Every frame is read in all ways, and to refuse one is dear: a client is gone after the first. */
const MOST_FRAMES = 8;

/** Octets of a stream cut as the network might, the same way each time for the same octets. */
export function pieces(octets: Octets): Buffer[] {
  const random: Random = seededRandom(octets.length * 257 + (octets[0] ?? 0));
  const ends = Array.from({ length: random.below(MOST_PIECES) }, () => {
    return random.below(octets.length + 1);
  });
  const cuts = [0, ...ends.toSorted((one, other) => one - other), octets.length];
  return cuts.slice(1).map((end, index) => Buffer.from(octets.subarray(cuts[index], end)));
}

/** TCP: cut anywhere, a stream holds the same messages, for both readers. */
export function tcpTarget(): FuzzTarget {
  return {
    name: 'tcp',
    run: octets => {
      const whole = served([Buffer.from(octets)]);
      const cut = pieces(octets);
      hold(served(cut).join() === whole.join(), 'queries do not depend on the cuts');
      hold(heard(cut).join() === heard([Buffer.from(octets)]).join(), 'nor do responses');
      return `${whole.length} ${whole.at(-1) === 'malformed'}`;
    },
  };
}

function served(chunks: readonly Buffer[]): string[] {
  const { messages, isMalformed } = readFrames(chunks);
  return isMalformed ? [...messages, 'malformed'] : messages;
}

/** A stream with a bad length is given up as a whole, so only whether it is good is compared then. */
function heard(chunks: readonly Buffer[]): string[] {
  const reader = new UpstreamFrames();
  const messages: string[] = [];
  for (const chunk of chunks.filter(({ length }) => length > 0)) {
    const read = reader.read(chunk);
    if (!read) return ['malformed'];
    messages.push(...read.map(message => message.toString('hex')));
  }
  return messages;
}

/** ZooKeeper: whatever a server says is read, or is `garbage`. */
export function zookeeperTarget(): FuzzTarget {
  return {
    name: 'zookeeper',
    run: octets => {
      try {
        const cutter = new FrameCutter();
        return pieces(octets)
          .flatMap(piece => cutter.push(piece))
          .slice(0, MOST_FRAMES)
          .map(frameKind)
          .join(' ');
      } catch (error) {
        if (error instanceof ZooKeeperError) return error.fault;
        throw error;
      }
    },
  };
}

const FRAME_READERS: readonly ((frame: Buffer) => unknown)[] = [
  frame => readConnected(frame)?.timeoutMs,
  frame => readReplyHeader(new JuteReader(frame)).code,
  frame => afterHeader(frame).texts().length,
  frame => afterHeader(frame).octets().length,
];

function afterHeader(frame: Buffer): JuteReader {
  const reader = new JuteReader(frame);
  readReplyHeader(reader);
  return reader;
}

function frameKind(frame: Buffer): string {
  return FRAME_READERS.map(read => {
    try {
      return read(frame) === undefined ? 'none' : 'some';
    } catch (error) {
      if (error instanceof ZooKeeperError) return error.fault;
      throw error;
    }
  }).join();
}
