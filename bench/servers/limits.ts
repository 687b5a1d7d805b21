import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answeringZone } from '../../test/fakes/answering-zone.ts';
import { type Corpus, clusterRecords } from '../corpus.ts';
import { queryOctets } from '../measure/udp-client.ts';
import type { ServerKind } from './server.ts';

/** What the machine can do at most: C, ready responses, no work but copying them. */
export const RESPONDER: ServerKind = {
  name: 'c-responder',
  missing: ({ programs }) => (programs.responder ? undefined : 'there is no C compiler'),
  prepare: async ({ port, folder, context }) => {
    const file = join(folder, 'responses.bin');
    writeFileSync(file, readyResponses(context.corpus));
    return { command: [context.programs.responder ?? '', String(port), file] };
  },
};

const ECHO = fileURLToPath(new URL('dgram-echo.ts', import.meta.url));

/** What plain `node:dgram` does when there is nothing to do but send back what came. */
export const DGRAM_ECHO: ServerKind = {
  name: 'dgram-echo',
  missing: () => undefined,
  prepare: async ({ port }) => ({ command: [process.execPath, ECHO, String(port)] }),
};

const MAX_OCTETS = 1232;

/**
 * A whole response for each query of the corpus, to the octet what the product says (but for the
 * order): u16 length, little-endian, then the message.
 */
function readyResponses(corpus: Corpus): Buffer {
  const { answers } = answeringZone(clusterRecords(corpus.cluster));
  const room = new Uint8Array(MAX_OCTETS);
  const parts = [...new Set(corpus.queries)].flatMap(line => {
    const query = queryOctets(line);
    const octets = answers.answerInto(query, 0, query.length, room, 0, MAX_OCTETS);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(octets);
    return [length, Buffer.from(room.subarray(0, octets))];
  });
  return Buffer.concat(parts);
}
