import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatHostPort } from '../../src/mesos/host-port.ts';
import { isMasterNode, registeredMasters } from '../../src/mesos/master-info.ts';
import { PROJECT } from '../paths.ts';

interface Znode {
  readonly path: string;
  readonly base64: string;
}

/** The masters among the nodes that a real cluster left in ZooKeeper. */
function recorded(file: string): readonly string[] {
  const path = join(PROJECT, 'test/fixtures/mesos-real/zk', file);
  const { znodes } = JSON.parse(readFileSync(path, 'utf8')) as { znodes: readonly Znode[] };
  const children = znodes.map(({ path: node, base64 }) => {
    const octets: Uint8Array = Buffer.from(base64, 'base64');
    return [node.slice(node.lastIndexOf('/') + 1), octets] as const;
  });
  const masters = registeredMasters(new Map(children.filter(([name]) => isMasterNode(name))));
  return masters.map(({ sequence, address, hostname }) =>
    [sequence, formatHostPort(address), hostname].join(' '),
  );
}

describe('registeredMasters reads what a real Mesos wrote', () => {
  test('three masters, the leader first', () => {
    expect(recorded('01-three-masters-fresh.json')).toEqual([
      '1 127.0.0.1:15052 127.0.0.1',
      '2 127.0.0.1:15051 127.0.0.1',
      '3 127.0.0.1:15050 127.0.0.1',
    ]);
  });

  test('after the leader was killed', () => {
    expect(recorded('03-after-leader-kill.json')).toEqual([
      '2 127.0.0.1:15051 127.0.0.1',
      '3 127.0.0.1:15050 127.0.0.1',
    ]);
  });

  test('a master with another address and name than its own', () => {
    expect(recorded('04-advertised-ip-and-hostname.json')).toEqual([
      '1 127.0.0.9:5050 master1.mesos.test',
    ]);
  });
});

/** The protobuf MasterInfo of Mesos 0.23: id, ip, port, pid, hostname. */
function protobuf(fields: readonly (readonly [number, number | string])[]): Buffer {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  const parts = fields.map(([field, value]) =>
    typeof value === 'number'
      ? Buffer.from([...varint(field * 8), ...varint(value)])
      : Buffer.from([...varint(field * 8 + 2), ...varint(value.length), ...Buffer.from(value)]),
  );
  return Buffer.concat(parts);
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

test.each([
  {
    why: 'an ip above 2^31 is no negative number',
    name: 'json.info_1',
    octets: json({ ip: 3892422848, port: 5050 }),
    found: '192.168.1.232:5050',
  },
  {
    why: 'the pid before the ip',
    name: 'json.info_1',
    octets: json({ ip: 0, port: 5050, pid: 'master@[::1]:5051' }),
    found: '[::1]:5051',
  },
  {
    why: 'protobuf by its pid',
    name: 'info_1',
    octets: protobuf([
      [1, 'id'],
      [2, 16777343],
      [3, 5051],
      [4, 'master@10.0.0.1:5050'],
      [5, 'm'],
    ]),
    found: '10.0.0.1:5050',
  },
  {
    why: 'protobuf by its ip',
    name: 'info_1',
    octets: protobuf([
      [1, 'id'],
      [2, 3892422848],
      [3, 5051],
    ]),
    found: '192.168.1.232:5051',
  },
  {
    why: 'protobuf with the port left out',
    name: 'info_1',
    octets: protobuf([[2, 16777343]]),
    found: '127.0.0.1:5050',
  },
  {
    why: 'protobuf cut short',
    name: 'info_1',
    octets: protobuf([[4, 'master@10.0.0.1:5050']]).subarray(0, 9),
    found: undefined,
  },
  { why: 'no JSON', name: 'json.info_1', octets: Buffer.from('{"pid":'), found: undefined },
  { why: 'JSON of another kind', name: 'json.info_1', octets: json([1]), found: undefined },
  { why: 'null', name: 'json.info_1', octets: json(null), found: undefined },
  { why: 'nothing', name: 'info_1', octets: Buffer.alloc(0), found: undefined },
])('a master by $why', ({ name, octets, found }) => {
  const [master] = registeredMasters(new Map([[name, octets]]));
  expect(master && formatHostPort(master.address)).toBe(found);
});

test('the lowest number leads, by value; JSON before protobuf; one that cannot be read is left out', () => {
  const at = (port: number) => json({ pid: `master@10.0.0.1:${port}` });
  const masters = registeredMasters(
    new Map([
      ['info_0000000001', protobuf([[4, 'master@10.0.0.9:1']])],
      ['json.info_0000000012', at(12)],
      ['json.info_9', at(9)],
      ['json.info_0000000002', Buffer.from('?')],
    ]),
  );
  expect(masters.map(({ address }) => address.port)).toEqual([9, 12, 1]);
});

test('other nodes are no masters', () => {
  const names = ['log_replicas', 'json.info_', 'json.info_12x', 'info_12', 'json.info_0000000012'];
  expect(names.filter(isMasterNode)).toEqual(['info_12', 'json.info_0000000012']);
});
