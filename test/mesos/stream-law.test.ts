import { expect, test } from 'vitest';
import { EventDecoder } from '../../src/mesos/index.ts';
import { type Random, seededRandom } from '../../src/runtime/index.ts';
import { comparable, WatchedStore } from '../fakes/watched-store.ts';

const LEADER = { address: { host: '10.0.0.1', port: 5050 }, id: 'M', electedSeconds: 1 };

interface Told {
  /** Events of one thing keep their order. */
  readonly of: string;
  readonly json: object;
}

interface TaskJson {
  readonly task_id: object;
  readonly statuses?: readonly { readonly state: string }[];
}

interface MadeTask {
  readonly key: string;
  readonly json: TaskJson;
  readonly agent: string;
  readonly framework: string;
}

const id = (value: string) => ({ value });

/** A master in few words: random things happen to it, and it tells of them as a real one does. */
class MadeMaster {
  readonly #random: Random;
  readonly agents = new Map<string, object>();
  readonly frameworks = new Map<string, object>();
  readonly tasks = new Map<string, MadeTask>();
  readonly told: Told[] = [];
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** One thing happens; launches and updates more often than others. */
  act(): void {
    const act = this.#random.below(13);
    if (act < 3) this.#launch();
    else if (act < 6) this.#update();
    else if (act < 7) this.#end();
    else if (act < 8) this.#addAgent();
    else if (act < 9) this.#addFramework();
    else if (act < 10) this.#rename();
    else if (act < 11) this.#removeAgent();
    else if (act < 12) this.#loseAgent();
    else this.#removeFramework();
  }

  getState(): object {
    return {
      get_tasks: { tasks: [...this.tasks.values()].map(({ json }) => json) },
      get_agents: { agents: [...this.agents.values()] },
      get_frameworks: { frameworks: [...this.frameworks.values()] },
    };
  }

  #addAgent(): void {
    const name = `S${this.#count++}`;
    const agent = {
      agent_info: { id: id(name), hostname: name },
      pid: `slave(1)@10.1.0.${this.#random.below(9)}:5051`,
    };
    this.agents.set(name, agent);
    this.#tell(name, 'AGENT_ADDED', { agent });
  }

  #addFramework(): void {
    this.#setFramework(`F${this.#count++}`, 'FRAMEWORK_ADDED');
  }

  #rename(): void {
    const framework = this.#pick(this.frameworks);
    if (framework) this.#setFramework(framework, 'FRAMEWORK_UPDATED');
  }

  #setFramework(name: string, type: string): void {
    const framework = {
      framework_info: { id: id(name), name: `${name}-${this.#random.below(3)}` },
      active: true,
    };
    this.frameworks.set(name, framework);
    this.#tell(name, type, { framework });
  }

  #launch(): void {
    const agent = this.#pick(this.agents);
    const framework = this.#pick(this.frameworks);
    if (agent === undefined || framework === undefined) return;
    const name = `t${this.#count++}`;
    const ports = {
      name: 'ports',
      type: 'RANGES',
      ranges: { range: [{ begin: 31000, end: 31002 }] },
    };
    const json = {
      name,
      task_id: id(name),
      framework_id: id(framework),
      agent_id: id(agent),
      state: 'TASK_STAGING',
      resources: [ports],
      discovery: {
        visibility: 'FRAMEWORK',
        name: `${name}.shop`,
        ports: { ports: [{ number: 80 }] },
      },
    };
    const task = { key: `${framework}/${name}`, json, agent, framework };
    this.tasks.set(task.key, task);
    this.#tell(task.key, 'TASK_ADDED', { task: json });
  }

  #update(): void {
    const task = this.tasks.get(this.#pick(this.tasks) ?? '');
    if (task)
      this.#tellState(
        task,
        ['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'][this.#random.below(3)],
      );
  }

  #end(): void {
    const task = this.tasks.get(this.#pick(this.tasks) ?? '');
    if (task)
      this.#endTask(task, ['TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED'][this.#random.below(3)]);
  }

  #removeAgent(): void {
    const agent = this.#pick(this.agents);
    if (agent === undefined) return;
    this.#endTasks(task => task.agent === agent, 'TASK_LOST');
    this.agents.delete(agent);
    this.#tell(agent, 'AGENT_REMOVED', { agent_id: id(agent) });
  }

  /** Out of reach: of the agent itself the stream says nothing. It comes back, now and then. */
  #loseAgent(): void {
    const agent = this.#pick(this.agents);
    if (agent === undefined) return;
    const lost = [...this.tasks.values()].filter(task => task.agent === agent);
    const described = this.agents.get(agent) ?? {};
    this.#endTasks(task => task.agent === agent, 'TASK_UNREACHABLE');
    if (lost.length > 0) this.agents.delete(agent);
    if (lost.length === 0 || this.#random.below(2) === 0) return;
    for (const task of lost) {
      this.tasks.set(task.key, task);
      this.#tell(task.key, 'TASK_ADDED', { task: task.json });
    }
    this.agents.set(agent, described);
    this.#tell(agent, 'AGENT_ADDED', { agent: described });
  }

  #removeFramework(): void {
    const framework = this.#pick(this.frameworks);
    if (framework === undefined) return;
    this.#endTasks(task => task.framework === framework, 'TASK_KILLED');
    this.frameworks.delete(framework);
    this.#tell(framework, 'FRAMEWORK_REMOVED', { framework_info: { id: id(framework) } });
  }

  #endTasks(isMeant: (task: MadeTask) => boolean, state: string): void {
    for (const task of [...this.tasks.values()].filter(isMeant)) this.#endTask(task, state);
  }

  #endTask(task: MadeTask, state: string): void {
    this.#tellState(task, state);
    this.tasks.delete(task.key);
  }

  /** The master keeps a status in place of the last when both have one state. */
  #tellState(task: MadeTask, state: string): void {
    const status = {
      task_id: task.json.task_id,
      state,
      timestamp: this.#count++,
      healthy: this.#random.below(2) === 0,
      container_status: {
        network_infos: [{ ip_addresses: [{ ip_address: `10.2.0.${this.#random.below(9)}` }] }],
      },
    };
    const before = task.json.statuses ?? [];
    const kept = before.at(-1)?.state === state ? before.slice(0, -1) : before;
    const json = { ...task.json, state, statuses: [...kept, status] };
    this.tasks.set(task.key, { ...task, json });
    this.#tell(task.key, 'TASK_UPDATED', { framework_id: id(task.framework), status, state });
  }

  #tell(of: string, type: string, fields: object): void {
    this.told.push({ of, json: { type, [type.toLowerCase()]: fields } });
  }

  #pick(from: ReadonlyMap<string, unknown>): string | undefined {
    return [...from.keys()][this.#random.below(from.size)];
  }
}

/** Any order in which the events of each thing keep theirs. */
function inAnyOrder(told: readonly Told[], random: Random): readonly Told[] {
  const shuffled = [...told];
  for (let swap = 0; swap < told.length * 4; swap++) {
    const at = random.below(Math.max(1, told.length - 1));
    const [one, other] = [shuffled[at], shuffled[at + 1]];
    if (other && one.of !== other.of) shuffled.splice(at, 2, other, one);
  }
  return shuffled;
}

function record(json: object): Buffer {
  const text = JSON.stringify(json);
  return Buffer.from(`${Buffer.byteLength(text)}\n${text}`);
}

test.each(
  Array.from({ length: 200 }, (_, seed) => seed),
)('law: whatever the order of events, the state they build is that of the snapshot (seed %d)', async seed => {
  const random = seededRandom(seed);
  const master = new MadeMaster(random);
  for (let act = 0; act < 20; act++) master.act();
  master.told.length = 0;
  const streamed = new WatchedStore();
  const decoder = new EventDecoder(streamed.reader, LEADER);
  const subscribed = { type: 'SUBSCRIBED', subscribed: { get_state: master.getState() } };
  streamed.store.apply(decoder.write(record(subscribed)));
  for (let act = 0; act < 80; act++) master.act();
  const octets = Buffer.concat(inAnyOrder(master.told, random).map(({ json }) => record(json)));
  for (let at = 0; at < octets.length; ) {
    const size = 1 + random.below(3000);
    streamed.store.apply(decoder.write(octets.subarray(at, at + size)));
    at += size;
  }
  const snapshot = Buffer.from(JSON.stringify({ type: 'GET_STATE', get_state: master.getState() }));
  const read = new WatchedStore();
  read.store.replace(read.reader.read(snapshot, LEADER));
  // Of agents out of reach the stream says nothing: a state is read, for a minute if it has no agents.
  for (let look = 0; look < 2 && streamed.doubts.includes('agent-lost'); look++) {
    await streamed.clock.advance(61_000);
    streamed.store.replace(streamed.reader.read(snapshot, LEADER));
  }
  expect(comparable(streamed.store.state)).toEqual(comparable(read.store.state));
  expect(streamed.updates.flatMap(({ faults }) => faults)).toEqual([]);
});
