import packet from 'dns-packet';
import type { Corpus } from '../corpus.ts';
import { queryOctets, udpClient } from './udp-client.ts';

const SAMPLES = 300;

/**
 * Asks a server some of the queries and compares each answer with the zone, so that no server is
 * measured that answers nothing, or something else. @throws When one is wrong.
 */
export async function checkAnswers(corpus: Corpus, host: string, port: number): Promise<void> {
  const client = await udpClient(host, port);
  try {
    const distinct = [...new Set(corpus.queries)];
    const step = Math.max(1, Math.floor(distinct.length / SAMPLES));
    for (let at = 0; at < distinct.length; at += step) {
      const line = distinct[at];
      const response = await client.ask(queryOctets(line));
      const wrong = fault(line, response, corpus);
      if (wrong) throw new Error(`Cannot measure ${host}:${port}: ${line} ${wrong}`);
    }
  } finally {
    client.close();
  }
}

function fault(line: string, response: Buffer | undefined, corpus: Corpus): string | undefined {
  if (!response) return 'got no response';
  const [name, type] = line.split(' ');
  const {
    answers = [],
    rcode,
    flag_tc: isCut,
  } = packet.decode(response) as packet.DecodedPacket & {
    readonly rcode: string;
  };
  const wanted = corpus.answers.get(`${name}. ${type}`);
  if (!wanted) return rcode === 'NXDOMAIN' ? undefined : `is ${rcode}, expected NXDOMAIN`;
  const got = answers.map(valueText).sort();
  if (isCut) return got.every(value => wanted.includes(value)) ? undefined : 'has foreign records';
  const isEqual = got.join() === [...wanted].sort().join();
  return isEqual ? undefined : `is ${got.join()}, expected ${wanted.join()}`;
}

function valueText(answer: packet.Answer): string {
  if (answer.type === 'SRV') {
    const { priority, weight, port, target } = answer.data;
    return `${priority} ${weight} ${port} ${target.toLowerCase()}.`;
  }
  return answer.type === 'A' ? answer.data : answer.type;
}
