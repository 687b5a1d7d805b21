import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packet from 'dns-packet';
import { type Corpus, TTL_SECONDS } from '../corpus.ts';
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

/** A whole response for each query of the corpus: u16 length, little-endian, then the message. */
function readyResponses(corpus: Corpus): Buffer {
  const parts: Buffer[] = [];
  for (const line of new Set(corpus.queries)) {
    const response = readyResponse(line, corpus);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(response.length);
    parts.push(length, response);
  }
  return Buffer.concat(parts);
}

const MAX_UDP_OCTETS = 512;

function readyResponse(line: string, corpus: Corpus): Buffer {
  const [name, type] = line.split(' ');
  const query = queryOctets(line);
  const values = corpus.answers.get(`${name}. ${type}`);
  if (!values) {
    const absent = Buffer.from(query);
    absent.writeUInt16BE(0x8583, 2);
    return absent;
  }
  for (let count = values.length; ; count--) {
    const answers = values.slice(0, count).map(value => answer(name, type, value));
    const targets = answers.flatMap(({ type: own, data }) =>
      own === 'SRV' ? [(data as { target: string }).target] : [],
    );
    const additionals = targets.flatMap(target =>
      (corpus.answers.get(`${target}. A`) ?? []).map(value => answer(target, 'A', value)),
    );
    const question = { name, type: type as packet.RecordType };
    const cut = count < values.length ? packet.TRUNCATED_RESPONSE : 0;
    const flags = packet.AUTHORITATIVE_ANSWER | packet.RECURSION_DESIRED | cut;
    const whole = { type: 'response' as const, flags, questions: [question], answers };
    const withMore = packet.encode({ ...whole, additionals });
    if (withMore.length <= MAX_UDP_OCTETS) return withMore;
    const without = packet.encode(whole);
    if (without.length <= MAX_UDP_OCTETS) return without;
  }
}

function answer(name: string, type: string, value: string) {
  const ttl = TTL_SECONDS;
  if (type === 'A') return { name, type: 'A' as const, ttl, data: value };
  const [priority, weight, port, target] = value.split(' ');
  const data = {
    priority: Number(priority),
    weight: Number(weight),
    port: Number(port),
    target: target.replace(/\.$/, ''),
  };
  return { name, type: 'SRV' as const, ttl, data };
}
