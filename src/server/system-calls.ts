import { getSystemErrorName } from 'node:util';
import type { Octets } from '../dns/index.ts';
import { localSockaddr, readSockaddr, type SocketAddress, sockaddrOf } from './socket-address.ts';
import { threadCalls } from './thread-calls.ts';

/** The two ways DNS travels here. */
export type Transport = 'udp' | 'tcp';

/** Raised when the kernel refuses a call; `code` is its name for the reason, such as `EADDRINUSE`. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = getSystemErrorName(-errno);
    super(`${call} failed with ${code}`);
    this.code = code;
  }
}

/** What Node does not offer for sockets, by FFI. Linux on x64 and arm64 only: constants are theirs. */
export interface SystemCalls {
  /** A fresh socket, closed on exec. */
  open(transport: Transport, family: 4 | 6): number;
  set(descriptor: number, option: SocketOption, value: number): void;
  bind(descriptor: number, address: SocketAddress): void;
  listen(descriptor: number, backlog: number): void;
  /** Transport and address of an open socket; undefined when it is not one of ours to serve. */
  describe(descriptor: number): (SocketAddress & { readonly transport: Transport }) | undefined;
  /** A second descriptor of the same socket, with the same queue. */
  duplicate(descriptor: number): number;
  close(descriptor: number): void;
  /** A descriptor (of epoll) that is ready to read while this one is, and that nobody can read. */
  watch(descriptor: number): number;
  /** Closes what `descriptor` was, and lets it be what `by` is, which is closed too. */
  replace(descriptor: number, by: number): void;
  /** One datagram to a socket of this machine: a path, or an abstract name that begins with `@`. */
  sendLocal(name: string, octets: Octets): void;
  /**
   * recvmmsg and sendmmsg without waiting, over `count` headers (`struct mmsghdr`) at an address in
   * memory. They return the number of messages, or minus the error number.
   */
  receive(descriptor: number, headers: bigint, count: number): number;
  send(descriptor: number, headers: bigint, count: number): number;
  /**
   * accept4: the descriptor of a connection that waits, its address written to memory at `name` with
   * `nameLength` (32 bits) of room; or minus the error number. It and what follows never wait.
   */
  accept(descriptor: number, name: bigint, nameLength: bigint): number;
  /** Up to `count` octets at an address in memory; 0 at the end, or minus the error number. */
  read(descriptor: number, octets: bigint, count: number): number;
  write(descriptor: number, octets: bigint, count: number): number;
  /** poll over `count` of `struct pollfd` at an address in memory. */
  poll(polled: bigint, count: number): number;
  /**
   * Asks for turns of so many microseconds (100 at least) for the calling thread. Where processors
   * are scarce, one of short turns does not wait until another's long one is over (Linux 6.12).
   */
  takeTurns(microseconds: number): void;
  /** Where `octets` lie in memory; they stay there while `octets` is referenced. */
  addressOf(octets: Octets | Uint32Array | Int32Array): bigint;
}

/** Level, name: IPPROTO_IP is 0, SOL_SOCKET 1, IPPROTO_TCP 6, IPPROTO_IPV6 41. */
const OPTIONS = {
  reuseAddress: [1, 2],
  reusePort: [1, 15],
  receiveBuffer: [1, 8],
  sendBuffer: [1, 7],
  /** Past the limit of net.core.rmem_max, for processes with CAP_NET_ADMIN. */
  receiveBufferForced: [1, 33],
  noDelay: [6, 1],
  ipv6Only: [41, 26],
  /** IP_PKTINFO and IPV6_RECVPKTINFO: datagrams come with the address they were sent to. */
  packetInfo4: [0, 8],
  packetInfo6: [41, 49],
  /** IPV6_FREEBIND: sends from addresses that only a route makes ours, as IPv4 does anyway. */
  freeBind6: [41, 78],
  pathMtu4: [0, 10],
  pathMtu6: [41, 23],
} as const;
export type SocketOption = keyof typeof OPTIONS;

const FAMILY = { 4: 2, 6: 10 } as const;
const KIND = { udp: 2, tcp: 1 } as const;
const AF_UNIX = 1;
const CLOSE_ON_EXEC = 0o2000000;
const DUPLICATE_CLOSE_ON_EXEC = 1030;
const EPOLL_ADD = 1;
const EPOLL_IN = 1;
const SOL_SOCKET = 1;
const SO_TYPE = 3;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const NON_BLOCKING = 0o4000;
/** Whoever does not read its socket must not hold us up. */
const SEND_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;

/**
 * Loads the FFI. Undefined with the reason in `onFailure` where it cannot be had: then everything
 * goes by Node's own sockets.
 */
export async function loadSystemCalls(
  onFailure: (reason: string) => void,
  importKoffi: () => Promise<typeof import('koffi')> = () => import('koffi'),
): Promise<SystemCalls | undefined> {
  try {
    if (process.platform !== 'linux' || !/^(x64|arm64)$/.test(process.arch)) {
      throw new Error(`no system call layouts for ${process.platform} on ${process.arch}`);
    }
    return systemCalls(await importKoffi());
  } catch (error) {
    onFailure(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function systemCalls(koffi: Koffi): SystemCalls {
  const library = libraryOf(koffi);
  const check = (call: string, result: number) => {
    if (result < 0) throw new SystemCallError(call, koffi.errno());
    return result;
  };
  return {
    ...socketCalls(library, check),
    ...descriptorCalls(library, check),
    ...trafficCalls(library, koffi),
    ...threadCalls(library),
  };
}

type Koffi = typeof import('koffi');
type Library = ReturnType<typeof libraryOf>;

/** The functions of the C library, which is in the process already, whichever it is. */
function libraryOf(koffi: Koffi) {
  const libc = koffi.load(null);
  return {
    socket: libc.func('int socket(int, int, int)'),
    setsockopt: libc.func('int setsockopt(int, int, int, void *, unsigned int)'),
    getsockopt: libc.func('int getsockopt(int, int, int, void *, void *)'),
    getsockname: libc.func('int getsockname(int, void *, void *)'),
    bind: libc.func('int bind(int, void *, unsigned int)'),
    listen: libc.func('int listen(int, int)'),
    sendto: libc.func('int64_t sendto(int, void *, size_t, int, void *, unsigned int)'),
    fcntl: libc.func('int fcntl(int, int, ...)'),
    close: libc.func('int close(int)'),
    dup3: libc.func('int dup3(int, int, int)'),
    epoll_create1: libc.func('int epoll_create1(int)'),
    epoll_ctl: libc.func('int epoll_ctl(int, int, int, void *)'),
    recvmmsg: libc.func('int recvmmsg(int, void *, unsigned int, int, void *)'),
    sendmmsg: libc.func('int sendmmsg(int, void *, unsigned int, int)'),
    accept4: libc.func('int accept4(int, void *, void *, int)'),
    recv: libc.func('int64_t recv(int, void *, size_t, int)'),
    send: libc.func('int64_t send(int, void *, size_t, int)'),
    poll: libc.func('int poll(void *, unsigned long, int)'),
    syscall: libc.func('long syscall(long, int, void *, unsigned int)'),
  };
}

type SocketCall = 'open' | 'set' | 'bind' | 'listen' | 'describe' | 'sendLocal';
type DescriptorCall = 'duplicate' | 'close' | 'watch' | 'replace';
/** Gives the result of a call, or throws what the kernel refuses. */
type Check = (call: string, result: number) => number;

/** What makes a socket and looks at it. */
function socketCalls(library: Library, check: Check): Pick<SystemCalls, SocketCall> {
  const { socket, setsockopt, bind, listen, close, sendto } = library;
  return {
    open: (transport, family) =>
      check('socket', socket(FAMILY[family], KIND[transport] | CLOSE_ON_EXEC, 0)),
    set: (descriptor, option, value) => {
      const [level, name] = OPTIONS[option];
      check('setsockopt', setsockopt(descriptor, level, name, Int32Array.of(value), 4));
    },
    bind: (descriptor, address) => {
      const octets = sockaddrOf(address);
      check('bind', bind(descriptor, octets, octets.length));
    },
    listen: (descriptor, backlog) => void check('listen', listen(descriptor, backlog)),
    describe: descriptor => {
      const kind = kindOf(library, descriptor);
      if (kind !== KIND.udp && kind !== KIND.tcp) return undefined;
      const address = boundTo(library, descriptor, check);
      return address && { ...address, transport: kind === KIND.udp ? 'udp' : 'tcp' };
    },
    sendLocal: (name, octets) => {
      const to = localSockaddr(name);
      const descriptor = check('socket', socket(AF_UNIX, KIND.udp | CLOSE_ON_EXEC, 0));
      try {
        check('sendto', sendto(descriptor, octets, octets.length, SEND_FLAGS, to, to.length));
      } finally {
        close(descriptor);
      }
    },
  };
}

/** What is done with any descriptor. */
function descriptorCalls(library: Library, check: Check): Pick<SystemCalls, DescriptorCall> {
  const { fcntl, close, dup3, epoll_create1, epoll_ctl } = library;
  return {
    duplicate: descriptor => check('fcntl', fcntl(descriptor, DUPLICATE_CLOSE_ON_EXEC, 'int', 0)),
    close: descriptor => void check('close', close(descriptor)),
    watch: descriptor => {
      const epoll = check('epoll_create1', epoll_create1(CLOSE_ON_EXEC));
      // `struct epoll_event`: the events, then what the waiter gets back; nobody waits by epoll_wait.
      const event = Uint32Array.of(EPOLL_IN, 0, 0, 0);
      check('epoll_ctl', epoll_ctl(epoll, EPOLL_ADD, descriptor, event));
      return epoll;
    },
    replace: (descriptor, by) => {
      check('dup3', dup3(by, descriptor, CLOSE_ON_EXEC));
      check('close', close(by));
    },
  };
}

function kindOf({ getsockopt }: Library, descriptor: number): number | undefined {
  const value = new Int32Array(1);
  const failed = getsockopt(descriptor, SOL_SOCKET, SO_TYPE, value, new Uint32Array([4])) < 0;
  return failed ? undefined : value[0];
}

function boundTo({ getsockname }: Library, descriptor: number, check: Check) {
  const octets = new Uint8Array(128);
  check('getsockname', getsockname(descriptor, octets, new Uint32Array([octets.length])));
  return readSockaddr(octets);
}

/** What moves octets: it never waits and never throws, for refusals are everyday here. */
function trafficCalls(
  { recvmmsg, sendmmsg, accept4, recv, send, poll }: Library,
  koffi: Koffi,
): Omit<SystemCalls, SocketCall | DescriptorCall | 'takeTurns'> {
  const orError = (result: number) => (result < 0 ? -koffi.errno() : result);
  return {
    receive: (descriptor, headers, count) =>
      orError(recvmmsg(descriptor, headers, count, MSG_DONTWAIT, null)),
    send: (descriptor, headers, count) =>
      orError(sendmmsg(descriptor, headers, count, MSG_DONTWAIT)),
    accept: (descriptor, name, nameLength) =>
      orError(accept4(descriptor, name, nameLength, NON_BLOCKING | CLOSE_ON_EXEC)),
    read: (descriptor, octets, count) => orError(recv(descriptor, octets, count, MSG_DONTWAIT)),
    write: (descriptor, octets, count) =>
      orError(send(descriptor, octets, count, MSG_DONTWAIT | MSG_NOSIGNAL)),
    poll: (polled, count) => orError(poll(polled, count, 0)),
    addressOf: octets => koffi.address(octets),
  };
}
