/**
 * `connect`: no connection, or it was lost; `timeout`: a server was silent; `garbage`: octets that are
 * no ZooKeeper's; `expired`: the session is over; `auth`: the credentials, or their rights, are not
 * enough; `refused`: another error code of the server.
 */
export type ZooKeeperFault = 'connect' | 'timeout' | 'garbage' | 'expired' | 'auth' | 'refused';

/** Raised when a ZooKeeper server could not be read. */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError';
  readonly code = 'ERR_ZOOKEEPER';
  readonly fault: ZooKeeperFault;

  constructor(fault: ZooKeeperFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}
