/** Where an upstream is, and how it is spoken to; the config's own `Upstream` has this shape. */
export interface UpstreamAddress {
  /** UDP goes over to TCP for what does not fit; the others are streams from the start. */
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Canonical text of an IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
  /** The name its certificate must carry (RFC 7858); its address when undefined. TLS only. */
  readonly serverName: string | undefined;
  /** The one canonical spelling, for logs and as a key: `10.0.0.1:53`, `tls://[::1]:853#name`. */
  readonly text: string;
}
