import type { Octets } from '../../src/dns/index.ts';
import type { Channel, Heard, OutgoingQuery } from '../../src/forward/channel.ts';
import { readUpstreamMessage } from '../../src/forward/message-reader.ts';

/** A query that a fake channel was given, and the way to answer it. */
export interface AskedOnce {
  readonly query: OutgoingQuery;
  /** A response with this code and no records; `isTruncated` sets TC. */
  answer(rcode?: number, isTruncated?: boolean): void;
  fail(fault?: 'unreachable' | 'closed' | 'overloaded'): void;
  readonly isCancelled: boolean;
}

/** A channel without a network: the test says what comes back, and when. */
export class FakeChannel implements Channel {
  readonly asked: AskedOnce[] = [];

  ask(query: OutgoingQuery, hear: (heard: Heard) => void) {
    let isCancelled = false;
    const tell = (heard: Heard) => {
      if (!isCancelled) hear(heard);
    };
    this.asked.push({
      query,
      answer: (rcode = 0, isTruncated = false) =>
        tell({ kind: 'response', message: bareResponse(query, rcode, isTruncated) }),
      fail: (fault = 'unreachable') => tell({ kind: 'fault', fault }),
      get isCancelled() {
        return isCancelled;
      },
    });
    return () => {
      isCancelled = true;
    };
  }

  isOwnQuery(_port: number, _octets: Octets): boolean {
    return false;
  }

  close(): void {}
}

function bareResponse({ octets, questionEnd }: OutgoingQuery, rcode: number, isTruncated: boolean) {
  const response = octets.slice(0, questionEnd);
  response[2] = 0x81 | (isTruncated ? 0x02 : 0);
  response[3] = 0x80 | rcode;
  response.fill(0, 6, 12);
  return readUpstreamMessage(response)!;
}
