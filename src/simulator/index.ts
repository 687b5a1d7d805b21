/**
 * A small Mesos cluster inside the process: for the demo, tests and benchmarks. In: Marathon apps,
 * and what shall go wrong. Out: masters that answer over HTTP as Mesos 1.12 does. Rules: the Mesos
 * master's HTTP endpoints, its v1 operator API, Marathon's rules for names.
 *
 * Begin with `cluster.ts`. What is true is in `fleet.ts`; what a master knows of it in
 * `master-view.ts`; how it says so in `routes.ts`, `v0-json.ts` and `v1-json.ts`; what goes wrong in
 * `faults.ts` and `chaos.ts`. Large clusters without any of it: `generated-state.ts`.
 */
export { runChaos } from './chaos.ts';
export { type ClusterOptions, SimulatedCluster, startCluster } from './cluster.ts';
export { type ClusterControl, serveControl } from './control.ts';
export type { Fault } from './faults.ts';
export {
  changeTasks,
  type GeneratedCluster,
  type GeneratedShape,
  type GeneratedTask,
  generateCluster,
  stateOctets,
} from './generated-state.ts';
export { replacedEvents, subscribedOctets } from './generated-stream.ts';
export type { MarathonAppJson } from './marathon-app.ts';
export type { Election } from './masters.ts';
export type { RunningTask } from './running-task.ts';
export { type StaticMaster, startStaticMaster } from './static-master.ts';
export { REAL_TIMINGS, type Timings } from './timings.ts';
