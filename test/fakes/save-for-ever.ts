/**
 * A process that saves states as fast as it can, each with as many tasks as its serial says, until it
 * is killed: `node save-for-ever.ts PATH FIRST`. Says a line after each.
 */
import type { ClusterState, Task, TaskKey } from '../../src/mesos/cluster-state.ts';
import { saveStateFile } from '../../src/mesos/state-file.ts';

const [, , path, first] = process.argv;

function stateWith(tasks: number): ClusterState {
  const made = Array.from({ length: tasks }, (_, index): [TaskKey, Task] => {
    const key = `F/${index}` as TaskKey;
    return [key, { key, id: `${index}`, name: 'x'.repeat(500) } as Task];
  });
  return {
    leader: { host: '10.0.0.1', port: 5050 },
    masters: [],
    agents: new Map(),
    frameworks: new Map(),
    tasks: new Map(made),
    heldTasks: new Map(),
    hostAddresses: new Map(),
  };
}

for (let serial = Number(first); ; serial++) {
  await saveStateFile(path, { state: stateWith(serial), savedMs: Date.now(), serial });
  process.stdout.write('saved\n');
}
