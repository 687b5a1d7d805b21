import { once } from 'node:events';
import { connect } from 'node:net';
import { decode, encode } from 'dns-packet';
import { expect, onTestFinished, test } from 'vitest';
import { startFollowedZone } from '../fakes/followed-zone.ts';

const TRANSFERS = 20;
const SEED = 5;

test('transfers and queries of one connection are all answered, by their ids (RFC 5936 section 4.1.1)', async () => {
  const primary = await startFollowedZone(SEED, { transferAcl: ['127.0.0.1'] });
  onTestFinished(() => primary.close());
  const records = (await primary.zone()).length + 1;
  const ids = Array.from({ length: TRANSFERS * 2 }, (_, id) => id);
  const socket = connect(primary.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  // Every second one is an ordinary query.
  socket.write(Buffer.concat(ids.map(id => framedQuery(id, id % 2 === 0 ? 'AXFR' : 'A'))));
  const answers = new Map(ids.map(id => [id, 0]));
  const wanted = (id: number) => (id % 2 === 0 ? records : 1);
  const isDone = () => ids.every(id => answers.get(id) === wanted(id));
  let rest = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      const { id = -1, answers: own = [] } = decode(rest.subarray(2, end));
      rest = rest.subarray(end);
      answers.set(id, (answers.get(id) ?? 0) + own.length);
    }
    if (isDone()) break;
  }
  expect([...answers]).toEqual(ids.map(id => [id, wanted(id)]));
});

function framedQuery(id: number, type: 'AXFR' | 'A'): Buffer {
  const name = type === 'AXFR' ? 'mesos' : 'leader.mesos';
  const query = encode({ type: 'query', id, questions: [{ type, name }] });
  return Buffer.concat([Buffer.of(query.length >> 8, query.length & 255), query]);
}
