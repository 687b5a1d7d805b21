import type { Socket } from 'node:net';
import { respond } from './fake-master.ts';
import { answerAsLeader, type FakeMasters, type Role } from './fake-masters.ts';

/** The event streams that a fake master has open, and what it does with new ones. */
export interface FakeStreams {
  readonly open: Set<Socket>;
  /** How many were asked for. */
  count: number;
  /** The first record of the next stream. */
  snapshot: () => unknown;
  /** Instead of opening a stream, if it is set. */
  refusal: ((socket: Socket) => void) | undefined;
  /** Writes an event to all open streams. */
  send(event: unknown): void;
}

/** Lets a master lead with an event stream: the role to give it, and its streams. */
export function streamingLeader(cluster: FakeMasters, index: number, elected: number) {
  const streams: FakeStreams = {
    open: new Set(),
    count: 0,
    snapshot: () => snapshotOf(['web']),
    refusal: undefined,
    send: event => {
      for (const socket of streams.open) socket.write(chunk(record(event)));
    },
  };
  const role: Role = (request, socket) => {
    if (request.body !== '{"type":"SUBSCRIBE"}') {
      answerAsLeader(request, socket, cluster.masters[index], elected, cluster.state);
      return;
    }
    streams.count++;
    if (streams.refusal) streams.refusal(socket);
    else beginStream(socket, streams);
  };
  return { streams, role };
}

function beginStream(socket: Socket, { open, snapshot }: FakeStreams): void {
  open.add(socket);
  socket.once('close', () => open.delete(socket));
  socket.write(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n',
  );
  socket.write(chunk(record(snapshot())));
}

/** RecordIO: the length in octets, a newline, the JSON. */
export function record(event: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(event));
  return Buffer.concat([Buffer.from(`${json.length}\n`), json]);
}

/** One chunk of a chunked body. */
export function chunk(octets: Uint8Array): Buffer {
  const size = Buffer.from(`${octets.length.toString(16)}\r\n`);
  return Buffer.concat([size, octets, Buffer.from('\r\n')]);
}

export const HEARTBEAT = { type: 'HEARTBEAT' };

/** The first record of a stream: the cluster of `stateOf`, as v1 tells it. */
export function snapshotOf(
  tasks: readonly string[],
  heartbeatSeconds: number | undefined = 15,
): unknown {
  const agent = {
    agent_info: { id: { value: 'A-S0' }, hostname: 'a0', port: 5051 },
    pid: 'slave(1)@127.0.1.1:5051',
    active: true,
  };
  const framework = {
    framework_info: { id: { value: 'F' }, name: 'marathon', hostname: '' },
    active: true,
    connected: true,
  };
  const getState = {
    get_tasks: { tasks: tasks.map(taskOf) },
    get_executors: {},
    get_frameworks: { frameworks: [framework] },
    get_agents: { agents: [agent], recovered_agents: [] },
  };
  const heartbeat = heartbeatSeconds && { heartbeat_interval_seconds: heartbeatSeconds };
  return { type: 'SUBSCRIBED', subscribed: { get_state: getState, ...heartbeat } };
}

export function taskAdded(name: string): unknown {
  return { type: 'TASK_ADDED', task_added: { task: taskOf(name) } };
}

function taskOf(name: string) {
  return {
    name,
    task_id: { value: `${name}.1` },
    framework_id: { value: 'F' },
    agent_id: { value: 'A-S0' },
    state: 'TASK_RUNNING',
    statuses: [{ task_id: { value: `${name}.1` }, state: 'TASK_RUNNING', timestamp: 1 }],
  };
}

/** What a leader says that has not read its registry yet. */
export function stillRecovering(socket: Socket): void {
  respond(socket, 503, 'Master has not finished recovery');
}
