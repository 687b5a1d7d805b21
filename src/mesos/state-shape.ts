import { list, object, type Shape, take } from './json-shape.ts';

const TASKS = list('tasks', take('task'));

/** `get_state` of v1: flat lists; those that are empty may be missing. */
const GET_STATE = object('get_state', {
  get_tasks: object('get_tasks', { tasks: TASKS, orphan_tasks: TASKS }),
  get_agents: object('get_agents', {
    agents: list('agents', take('agent')),
    recovered_agents: list('recovered_agents', take('recovered_agent')),
  }),
  get_frameworks: object('get_frameworks', {
    frameworks: list('frameworks', take('framework')),
  }),
});

/** A framework of `/state` is walked, for its tasks may fill hundreds of megabytes. */
const FRAMEWORK = object('framework', {
  id: take('id'),
  name: take('name'),
  hostname: take('hostname'),
  pid: take('pid'),
  active: take('active'),
  recovered: take('recovered'),
  role: take('role'),
  roles: take('roles'),
  tasks: TASKS,
});

/**
 * What is read of a master's `/state`, of GET_STATE and of the event SUBSCRIBED. Their keys differ,
 * so one shape takes all of them. Completed tasks and frameworks, offers and executors are passed over.
 */
export const STATE_SHAPE: Shape = object('state', {
  id: take('id'),
  pid: take('pid'),
  leader: take('leader'),
  elected_time: take('elected_time'),
  master_hostname: take('master_hostname'),
  slaves: list('agents', take('agent')),
  recovered_slaves: list('recovered_agents', take('recovered_agent')),
  frameworks: list('frameworks', FRAMEWORK),
  orphan_tasks: list('orphans', take('task')),
  get_state: GET_STATE,
  subscribed: object('subscribed', {
    get_state: GET_STATE,
    heartbeat_interval_seconds: take('heartbeat_interval_seconds'),
  }),
});
