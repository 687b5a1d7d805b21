import { type Client, decodeMessage, type Octets, readQuery } from '../../src/dns/index.ts';
import { DEFAULT_CAPS } from '../../src/forward/index.ts';
import { copyResponse, keepResponse } from '../../src/forward/kept-response.ts';
import { readUpstreamMessage } from '../../src/forward/message-reader.ts';
import { scrub } from '../../src/forward/scrub.ts';
import {
  chaosHandler,
  firstOf,
  opcodeHandler,
  refuseHandler,
  zoneHandler,
} from '../../src/handlers/index.ts';
import { a, aaaa, answeringZone, ORIGIN, srv } from '../fakes/answering-zone.ts';
import type { FuzzTarget } from './fuzz.ts';
import { hold } from './hold.ts';

const CLIENT: Client = { address: '127.0.0.1', port: 5353, transport: 'udp' };
const MOST_OCTETS = 1232;
/** A second look by a codec that is not ours costs more than all the rest, so few get it. */
const BETWEEN_SECOND_LOOKS = 32;
const NO_OPTIONS = new Uint8Array(0);

/** What clients send: the hot path, then the slow one. Every response is a response to its query. */
export function queryTarget(): FuzzTarget {
  const zone = answeringZone(
    [
      a('web.marathon.mesos', '10.0.0.1'),
      aaaa('web.marathon.mesos', 'fd00::1'),
      srv('_web._tcp.marathon.mesos', 80, 'web.marathon.mesos'),
      ...Array.from({ length: 100 }, (_, index) => a('many.mesos', `10.0.1.${index}`)),
    ],
    { cookieSecret: new Uint8Array(16), identity: Buffer.from('ns7') },
  );
  const handle = firstOf(
    opcodeHandler,
    chaosHandler('mesonym'),
    zoneHandler(ORIGIN, zone.answers, zone.client),
    refuseHandler,
  );
  const room = new Uint8Array(MOST_OCTETS);
  let inputs = 0;
  return {
    name: 'query',
    run: octets => {
      const length = zone.answers.answerInto(octets, 0, octets.length, room, 0, room.length);
      if (length < 0) return 'silence';
      if (length > 0) return responseLaws(octets, room.subarray(0, length), inputs++);
      const read = readQuery(octets, CLIENT, MOST_OCTETS);
      if (read.kind !== 'query') return read.kind;
      const response = handle(read.query);
      hold(response instanceof Uint8Array, 'every query is answered at once');
      return `slow ${responseLaws(octets, response as Octets, inputs++)}`;
    },
  };
}

function responseLaws(query: Octets, response: Octets, inputs: number): string {
  hold(response.length <= MOST_OCTETS, 'a response is as long as UDP may carry at most');
  hold(response[0] === query[0] && response[1] === query[1], 'a response has the id of its query');
  hold(response[2] > 0x7f, 'a response is marked as one');
  if (inputs % BETWEEN_SECOND_LOOKS === 0) {
    hold(decodeMessage(response) !== undefined, 'a response can be read by another codec');
  }
  return `${response[2]} ${response[3]} ${response.subarray(4, 12).join(' ')}`;
}

/** What upstreams send, on its way through the cache to a client. */
export function upstreamTarget(): FuzzTarget {
  let inputs = 0;
  return {
    name: 'upstream',
    run: octets => {
      if (inputs++ % BETWEEN_SECOND_LOOKS === 0) decodeMessage(octets);
      const message = readUpstreamMessage(Uint8Array.from(octets));
      if (!message) return 'refused';
      for (const { end } of message.records) hold(end <= octets.length, 'records lie inside');
      const scrubbed = scrub(message, () => false);
      if (!scrubbed) return `unsound ${message.records.length}`;
      hold(scrubbed.records.length <= message.records.length, 'nothing is added');
      const kept = keepResponse(scrubbed, 0, NO_OPTIONS, 0, DEFAULT_CAPS);
      const response = new Uint8Array(kept.octets.length);
      copyResponse(kept, inputs % 100, kept.octets, 0, response, 0);
      hold(readUpstreamMessage(response) !== undefined, 'what is kept can be read');
      return `${message.records.length} ${scrubbed.records.length} ${message.rcode}`;
    },
  };
}
