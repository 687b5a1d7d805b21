import type { Election } from '../../src/simulator/index.ts';
import { masterInfo } from './fake-registry.ts';
import { type ZooKeeperWriter, zooKeeperWriter } from './zookeeper-writer.ts';

/** The masters of a simulated cluster, as they stand in real ZooKeeper servers. */
export interface RegisteredMasters {
  /** The option of that name, for the cluster. */
  readonly onElection: (election: Election) => void;
  /** Resolves when the servers hold what was elected last, however long they are away. */
  written(): Promise<void>;
}

type Place = { readonly host: string; readonly port: number };

/** Sessions of ours that are left behind end soon. */
const SESSION_MS = 2_000;
const AGAIN_MS = 100;

/** Registers below `path`, which is made first; `places` are tried in turn. */
export function registerMasters(places: readonly Place[], path: string): RegisteredMasters {
  let elected: Election['alive'] = [];
  let written: Election['alive'] = elected;
  let nodes: readonly string[] = [];
  let count = 0;
  let writing = Promise.resolve();

  /** New nodes have higher numbers than those of before: with these gone, the first of them leads. */
  const write = async (writer: ZooKeeperWriter) => {
    if (count === 0) await writer.create(path, '');
    const alive = elected;
    const before = nodes;
    for (const { address, port } of alive) {
      const node = `${path}/json.info_${String(count++).padStart(10, '0')}`;
      await writer.create(node, masterInfo(address, port));
      nodes = [...nodes, node];
    }
    for (const node of before) {
      await writer.remove(node);
      nodes = nodes.filter(other => other !== node);
    }
    written = alive;
  };
  const keepWriting = async () => {
    for (let turn = 0; written !== elected; turn++) {
      const place = places[turn % places.length];
      const writer = await zooKeeperWriter(place, SESSION_MS).catch(() => {});
      if (writer) await write(writer).catch(() => {});
      writer?.vanish();
      if (written !== elected) await new Promise(resolve => setTimeout(resolve, AGAIN_MS));
    }
  };
  return {
    onElection: ({ alive }) => {
      elected = alive;
      writing = writing.then(keepWriting);
    },
    written: () => writing,
  };
}
