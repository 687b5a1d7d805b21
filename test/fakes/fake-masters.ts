import type { Socket } from 'node:net';
import {
  type FakeAnswer,
  type FakeMaster,
  type FakeRequest,
  fakeMaster,
  respond,
} from './fake-master.ts';

/** What a master of a fake cluster does when it is asked. */
export type Role =
  /** It leads, and gives the cluster's state. */
  | 'leads'
  /** It redirects to the leader. */
  | 'follows'
  /** 503, "No leader elected". */
  | 'leaderless'
  /** It takes the request and says nothing. */
  | 'hangs'
  | FakeAnswer;

/** Masters that share one state, of which one leads: enough of Mesos to follow it. */
export interface FakeMasters {
  readonly masters: readonly FakeMaster[];
  readonly roles: Role[];
  /** The text of the leader's `/state`; the test may change it. */
  state: string;
  /** Makes a master lead; the others follow it, those that hang go on to. */
  elect(index: number, electedSeconds: number): void;
  close(): Promise<void>;
}

/** Starts `count` masters; the first leads, elected at second 1000. */
export async function fakeMasters(
  count: number,
  stateOf: (pid: string, electedSeconds: number) => string,
): Promise<FakeMasters> {
  let leader = 0;
  let elected = 1_000;
  const answer = (index: number) => (request: FakeRequest, socket: Socket) => {
    const role = cluster.roles[index];
    if (typeof role === 'function') role(request, socket);
    else if (role === 'leads')
      answerAsLeader(request, socket, masters[index], elected, cluster.state);
    else if (role === 'follows') redirect(request, socket, masters[leader]);
    else if (role === 'leaderless') respond(socket, 503, 'No leader elected');
  };
  const masters: FakeMaster[] = [];
  for (let index = 0; index < count; index++) masters.push(await fakeMaster(answer(index)));
  const cluster: FakeMasters = {
    masters,
    roles: masters.map((_, index) => (index === 0 ? 'leads' : 'follows')),
    state: stateOf(pidOf(masters[0]), elected),
    elect: (index, electedSeconds) => {
      leader = index;
      elected = electedSeconds;
      for (const [at, role] of cluster.roles.entries()) {
        if (at === index) cluster.roles[at] = 'leads';
        else if (role !== 'hangs') cluster.roles[at] = 'follows';
      }
      cluster.state = stateOf(pidOf(masters[index]), electedSeconds);
    },
    close: async () => {
      await Promise.all(masters.map(master => master.close()));
    },
  };
  return cluster;
}

export function pidOf({ host, port }: FakeMaster): string {
  return `master@${host}:${port}`;
}

/** Answers GET_MASTER and `/state` as the leader does. */
export function answerAsLeader(
  { path, body }: FakeRequest,
  socket: Socket,
  master: FakeMaster,
  elected: number,
  state: string,
): void {
  const info = {
    id: `id-${master.port}`,
    pid: pidOf(master),
    port: master.port,
    hostname: master.host,
  };
  const told = { get_master: { master_info: info, elected_time: elected } };
  if (path === '/master/state') respond(socket, 200, state, { 'Content-Type': 'application/json' });
  else if (body === '{"type":"GET_MASTER"}') respond(socket, 200, JSON.stringify(told));
  else respond(socket, 404);
}

/** Answers as a master that does not lead: `//host:port/master/…`, without a body. */
export function redirect(
  { path }: FakeRequest,
  socket: Socket,
  to: { host: string; port: number },
): void {
  const place = path === '/master/redirect' ? '' : path === '/api/v1' ? '/master/api/v1' : path;
  respond(socket, 307, '', { Location: `//${to.host}:${to.port}${place}` });
}
