import type { Task } from '../../src/mesos/index.ts';
import { StateError, StateReader } from '../../src/mesos/index.ts';

/** An object of JSON. */
export type Json = Record<string, unknown>;

/** An agent as `/state` writes it. */
export const AGENT = { id: 'A-S0', hostname: 'one', pid: 'slave(1)@10.0.0.7:5051' };

/** A running task as `/state` writes it. */
export function task(fields: Json = {}): Json {
  const running = { state: 'TASK_RUNNING', timestamp: 2 };
  return {
    id: 'web.1',
    name: 'web',
    framework_id: 'F-0',
    slave_id: 'A-S0',
    state: 'TASK_RUNNING',
    statuses: [running],
    ...fields,
  };
}

/** A `/state` with an agent, a framework and a task. */
export function stateOf(fields: Json = {}): Json {
  return {
    pid: 'master@10.0.0.1:5050',
    leader: 'master@10.0.0.1:5050',
    id: 'M',
    elected_time: 1428951954.34111,
    slaves: [AGENT],
    frameworks: [{ id: 'F-0', name: 'marathon', tasks: [task()] }],
    ...fields,
  };
}

/** A `/state` with these tasks. */
export const withTasks = (...tasks: unknown[]) =>
  stateOf({ frameworks: [{ id: 'F-0', name: 'marathon', tasks }] });

/** What is read of a state, or of a text. @throws {StateError} */
export function read(state: unknown) {
  const text = typeof state === 'string' ? state : JSON.stringify(state);
  return new StateReader().read(Buffer.from(text));
}

/** The only task of a state, and the causes of its faults. */
export function readTask(fields: Json): { task: Task | undefined; causes: string[] } {
  const { tasks, faults } = read(withTasks(task(fields)));
  return { task: [...tasks.values()][0], causes: faults.map(({ cause }) => cause) };
}

/** The error with which a state is refused. */
export function rejection(state: unknown): StateError {
  try {
    read(state);
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
  throw new Error('the state was not refused');
}
