/**
 * A small read-only ZooKeeper client. In: servers and the path of a node. Out: its children and what
 * they hold, again at each change. Rules: the client protocol of ZooKeeper 3.4 and later (jute frames
 * over TCP; connect, ping, getChildren, getData, exists, auth, close).
 */
export type { Server } from './connection.ts';
export type { ZooKeeperFault } from './error.ts';
export {
  type Children,
  type ChildrenFollower,
  type FollowChildrenOptions,
  followChildren,
} from './follow-children.ts';
