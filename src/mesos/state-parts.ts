import type {
  Agent,
  AgentId,
  Framework,
  FrameworkId,
  StateFault,
  Task,
  TaskDetails,
  TaskKey,
} from './cluster-state.ts';
import { decodeAgent, decodeRecoveredAgentId } from './decode-agent.ts';
import { decodeFramework } from './decode-framework.ts';
import { decodeTask } from './decode-task.ts';
import type { Report } from './json-fields.ts';
import type { SpanSink } from './json-shape.ts';
import type { Known, Leader, MasterState } from './master-state.ts';
import { sameAs } from './same-as.ts';
import { type BodySpans, SpanCache } from './span-cache.ts';
import { StateError } from './state-error.ts';
import { leaderOf } from './state-leader.ts';

/** What was made of the spans of a body; undefined for what is left out. */
interface Spans {
  readonly agents: BodySpans<Agent | undefined>;
  readonly tasks: BodySpans<Task | undefined>;
}

/** A framework of `/state` while it is walked. */
interface OpenFramework {
  readonly fields: Record<string, unknown>;
  /** Settled by the first task, or at the end. */
  id: FrameworkId | undefined;
  /** Tasks that stand before the framework's id. */
  readonly waiting: unknown[];
}

/** Puts the parts of a body together, as they are found in its octets. */
export class StateParts implements SpanSink {
  readonly #spans: Spans;
  readonly #known: Known;
  readonly #given: Leader | undefined;
  readonly #details: TaskDetails;
  readonly #fields = new Map<string, unknown>();
  readonly #opened = new Set<string>();
  readonly #agents = new Map<AgentId, Agent>();
  readonly #frameworks = new Map<FrameworkId, Framework>();
  readonly #tasks = new Map<TaskKey, Task>();
  readonly #recovered = new Set<AgentId>();
  readonly #texts = new Map<string, string>();
  readonly #faults: StateFault[] = [];
  #framework: OpenFramework | undefined;
  #frameworkCount = 0;

  constructor(spans: Spans, known: Known, given: Leader | undefined, details: TaskDetails) {
    this.#spans = spans;
    this.#known = known;
    this.#given = given;
    this.#details = details;
  }

  take(name: string, octets: Buffer, start: number, end: number): void {
    if (name === 'task') this.#takeTask(octets, start, end);
    else if (name === 'agent') this.#takeAgent(octets, start, end);
    else if (name === 'recovered_agent') this.#takeRecovered(parse(octets, start, end));
    else if (name === 'framework') this.#placeFramework(parse(octets, start, end));
    else if (this.#framework) this.#framework.fields[name] = parse(octets, start, end);
    else this.#fields.set(name, parse(octets, start, end));
  }

  open(name: string): void {
    this.#opened.add(name);
    if (name === 'framework') this.#framework = { fields: {}, id: undefined, waiting: [] };
  }

  close(name: string): void {
    if (name !== 'framework' || !this.#framework) return;
    const { fields, waiting } = this.#framework;
    const id = this.#frameworkId(this.#framework);
    for (const json of waiting) {
      this.#place(decodeTask(json, id, this.#report, this.#details));
    }
    this.#placeFramework(fields, id);
    this.#framework = undefined;
  }

  odd(name: string): void {
    if (name === 'framework') this.#report('framework', 'a framework that is no object');
    else this.#report('list', `${name} of another form`);
  }

  /** @throws {StateError} When the body is not that of a master which leads. */
  finish(): MasterState {
    const leader = leaderOf(this.#fields, this.#opened, this.#given);
    const heartbeat = this.#fields.get('heartbeat_interval_seconds');
    const isV1 = this.#opened.has('get_state');
    return {
      leader,
      agents: this.#agents,
      frameworks: this.#frameworks,
      tasks: this.#tasks,
      recoveredAgents: isV1 || this.#opened.has('recovered_agents') ? this.#recovered : undefined,
      tellsPids: !isV1,
      heartbeatSeconds: typeof heartbeat === 'number' ? heartbeat : undefined,
      faults: this.#faults,
    };
  }

  readonly #report: Report = (cause, where) => {
    this.#faults.push({ cause, where });
  };

  #takeTask(octets: Buffer, start: number, end: number): void {
    const open = this.#framework;
    if (open && open.id === undefined && !('id' in open.fields)) {
      open.waiting.push(parse(octets, start, end));
      return;
    }
    const under = open && this.#frameworkId(open);
    const key = SpanCache.keyOf(octets, start, end);
    const known = this.#spans.tasks.find(key);
    if (known && (!known.made || !under || known.made.frameworkId === under)) {
      this.#place(known.made);
      return;
    }
    const task = this.#decodeTask(parse(octets, start, end), under);
    this.#spans.tasks.add(key, task);
    this.#place(task);
  }

  #decodeTask(json: unknown, under: FrameworkId | undefined): Task | undefined {
    const task = decodeTask(json, under, this.#report, this.#details);
    if (!task) return undefined;
    const [agentId, state] = [this.#shared(task.agentId), this.#shared(task.state)];
    return sameAs(this.#known.task(task.key), { ...task, agentId, state });
  }

  /** JSON gives every task texts of its own; those that are few are kept once. */
  #shared<Text extends string>(text: Text): Text {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return (known as Text | undefined) ?? text;
  }

  /** A key that is taken gets a number behind it: old and hand-made states list ids twice. */
  #place(task: Task | undefined): void {
    if (!task) return;
    if (!this.#tasks.has(task.key)) {
      this.#tasks.set(task.key, task);
      return;
    }
    const key = freeKey(task.key, this.#tasks);
    this.#tasks.set(key, sameAs(this.#known.task(key), { ...task, key }));
  }

  #takeAgent(octets: Buffer, start: number, end: number): void {
    const key = SpanCache.keyOf(octets, start, end);
    const known = this.#spans.agents.find(key);
    const agent = known ? known.made : this.#decodeAgent(parse(octets, start, end));
    if (!known) this.#spans.agents.add(key, agent);
    if (agent) this.#agents.set(agent.id, agent);
  }

  #decodeAgent(json: unknown): Agent | undefined {
    const agent = decodeAgent(json, this.#report);
    return agent && sameAs(this.#known.agent(agent.id), agent);
  }

  #takeRecovered(json: unknown): void {
    const id = decodeRecoveredAgentId(json, this.#report);
    if (id) this.#recovered.add(id);
  }

  #frameworkId(open: OpenFramework): FrameworkId {
    if (open.id === undefined) {
      const { id } = open.fields;
      const own =
        typeof id === 'string' && id !== '' ? id : `framework#${this.#frameworkCount + 1}`;
      open.id = freeKey(own as FrameworkId, this.#frameworks);
    }
    return open.id;
  }

  #placeFramework(json: unknown, id?: FrameworkId): void {
    this.#frameworkCount++;
    const decoded = decodeFramework(json, this.#report);
    if (!decoded) return;
    const framework = { ...decoded, id: id ?? freeKey(decoded.id, this.#frameworks) };
    this.#frameworks.set(framework.id, sameAs(this.#known.framework(framework.id), framework));
  }
}

function freeKey<Key extends string>(key: Key, taken: ReadonlyMap<Key, unknown>): Key {
  let free = key;
  for (let count = 2; taken.has(free); count++) free = `${key}#${count}` as Key;
  return free;
}

function parse(octets: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(octets.toString('utf8', start, end));
  } catch (cause) {
    throw new StateError('json', 'Cannot use the body: a part of it is not JSON', undefined, cause);
  }
}
