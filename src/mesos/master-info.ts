import { isIP } from 'node:net';
import type { HostPort } from './cluster-state.ts';
import { isSameHostPort, parsePid } from './host-port.ts';

/** A master as it registers itself in ZooKeeper. */
export interface RegisteredMaster {
  /** The number in its node's name: the lowest leads, and a new process gets a higher one. */
  readonly sequence: number;
  readonly address: HostPort;
  /** What redirects call it. */
  readonly hostname: string | undefined;
}

const NODE = /^(json\.)?info_(\d+)$/;

/** Says whether a child of the masters' node is a master; others, such as `log_replicas`, are not. */
export function isMasterNode(name: string): boolean {
  return NODE.test(name);
}

/**
 * Reads the masters out of the children of their node, by number: the first leads. Those that
 * register as JSON come before those of Mesos 0.23 and older, which register as protobuf: during an
 * upgrade both are there, and lead in this order. One that cannot be read is left out.
 */
export function registeredMasters(
  children: ReadonlyMap<string, Uint8Array>,
): readonly RegisteredMaster[] {
  const found = [...children].flatMap(([name, octets]) => {
    const [, json, digits] = NODE.exec(name) ?? [];
    const info = json === undefined ? readProtobuf(octets) : readJson(octets);
    const address = digits !== undefined && info && addressOf(info);
    if (!address) return [];
    const rank = json === undefined ? 1 : 0;
    return [{ rank, sequence: Number(digits), address, hostname: info.hostname }];
  });
  return found
    .toSorted((one, other) => one.rank - other.rank || one.sequence - other.sequence)
    .filter(
      (one, at, all) => at === all.findIndex(other => isSameHostPort(one.address, other.address)),
    )
    .map(({ sequence, address, hostname }) => ({ sequence, address, hostname }));
}

/** The fields of Mesos's MasterInfo that are read; any may be missing or of another type. */
interface MasterInfo {
  readonly ip?: unknown;
  readonly port?: unknown;
  readonly pid?: unknown;
  readonly hostname?: string | undefined;
  readonly address?: { readonly ip?: unknown; readonly port?: unknown };
}

/** By `address` (Mesos 0.24), else by the pid, else by `ip`, which cannot hold IPv6. */
function addressOf({ address, pid, ip, port }: MasterInfo): HostPort | undefined {
  const { ip: text, port: ownPort } = address ?? {};
  if (typeof text === 'string' && isIP(text) !== 0 && isPort(ownPort))
    return { host: text, port: ownPort };
  const self = typeof pid === 'string' ? parsePid(pid) : undefined;
  if (self) return self;
  if (typeof ip !== 'number' || !isPort(port)) return undefined;
  return { host: ipv4Text(ip), port };
}

/** The address in network byte order, read as a little-endian number: 16777343 is 127.0.0.1. */
function ipv4Text(ip: number): string {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(ip >>> 0);
  return octets.join('.');
}

function isPort(port: unknown): port is number {
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= 65_535;
}

function readJson(octets: Uint8Array): MasterInfo | undefined {
  try {
    const info: unknown = JSON.parse(Buffer.from(octets).toString('utf8'));
    if (typeof info !== 'object' || info === null) return undefined;
    const { hostname } = info as { readonly hostname?: unknown };
    return { ...info, hostname: typeof hostname === 'string' ? hostname : undefined };
  } catch {
    return undefined;
  }
}

/** Reads fields 2 to 5 of the protobuf message: `ip`, `port`, `pid`, `hostname`. */
function readProtobuf(octets: Uint8Array): MasterInfo | undefined {
  const fields = new Map<number, number | string>();
  for (let at = 0; at < octets.length; ) {
    const key = varint(octets, at);
    const value = varint(octets, key.end);
    const isText = key.value % 8 === 2;
    if (!isText && key.value % 8 !== 0) return undefined; // No other kinds stand before field 6.
    const end = isText ? value.end + value.value : value.end;
    if (!(end <= octets.length)) return undefined;
    const text = isText && Buffer.from(octets.subarray(value.end, end)).toString('utf8');
    fields.set(Math.floor(key.value / 8), text === false ? value.value : text);
    at = end;
  }
  const [ip, port, pid, hostname] = [2, 3, 4, 5].map(field => fields.get(field));
  return {
    ip,
    port: port ?? 5050,
    pid,
    hostname: typeof hostname === 'string' ? hostname : undefined,
  };
}

/** A number of up to 32 bits; past the end it is NaN, which fits nowhere. */
function varint(
  octets: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; at < Math.min(octets.length, start + 5); at++) {
    value += (octets[at] % 128) * 128 ** (at - start);
    if (octets[at] < 128) return { value, end: at + 1 };
  }
  return { value: Number.NaN, end: Number.NaN };
}
