/** What TCP clients may take of one answer thread. */
export interface TcpLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** From the first octet of a message to its last, in milliseconds. */
  readonly messageMs: number;
  /** Without a query, or without taking its responses. */
  readonly idleMs: number;
  /** Written for a connection and not taken yet: past it nothing is read, or written, any more. */
  readonly unsentOctets: number;
  /** Slow queries of one connection in flight: at it nothing is read any more. */
  readonly slowQueries: number;
}

/** What the config says by default. */
export const TCP_LIMITS: TcpLimits = {
  connections: 1000,
  connectionsPerAddress: 100,
  messageMs: 2000,
  idleMs: 10_000,
  unsentOctets: 65_536,
  slowQueries: 100,
};

/** The share of one of `threads` threads: limits on connections hold for the whole process. */
export function limitsOfThread(limits: TcpLimits, threads: number): TcpLimits {
  return {
    ...limits,
    connections: Math.ceil(limits.connections / threads),
    connectionsPerAddress: Math.ceil(limits.connectionsPerAddress / threads),
  };
}
