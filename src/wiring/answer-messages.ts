import type {
  Client,
  DomainName,
  EdnsSettings,
  Network,
  Octets,
  StartOfAuthority,
} from '../dns/index.ts';
import type { CacheSize, ForwardOptions, UpstreamStatus } from '../forward/index.ts';
import type { QueryLogOptions } from '../handlers/index.ts';
import type { LogLevel } from '../runtime/index.ts';
import type {
  Certificate,
  ListenSocket,
  RateLimit,
  TcpLimits,
  UdpMode,
  View,
} from '../server/index.ts';
import type { TsigKey } from '../transfer/index.ts';
import type { DeltaStep, PlacedNetwork, ServingState } from '../zone/index.ts';

/** A step of the table of places, or of the domain's zone where it names no reverse zone. */
export interface StepMessage {
  readonly kind: 'step';
  readonly step: DeltaStep;
  readonly isOfPlaces?: true;
  readonly reverseZone?: DomainName | undefined;
}

/** What the control thread tells an answer thread. */
export type ToAnswerThread =
  | StepMessage
  | { readonly kind: 'serving'; readonly state: ServingState }
  | { readonly kind: 'sockets'; readonly sockets: readonly ListenSocket[] }
  /** Connections by TLS from now on are shown this one. */
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'flush'; readonly name: DomainName | undefined }
  /** The next message of a transfer; undefined at its end. */
  | { readonly kind: 'transferred'; readonly transfer: number; readonly octets: Octets | undefined }
  /** A query that came by HTTP; a `response` follows. */
  | {
      readonly kind: 'query';
      readonly query: number;
      readonly octets: Octets;
      readonly client: Client;
    }
  /** Asks for a `pong`, which says that all before it has taken effect. */
  | { readonly kind: 'ping'; readonly ping: number }
  /** Reads no more, waits for slow answers as long as `drainMs`, then ends. */
  | { readonly kind: 'close'; readonly drainMs: number };

/** What an answer thread tells the control thread. */
export type FromAnswerThread =
  /** It serves its sockets now. */
  | { readonly kind: 'serving'; readonly udp: UdpMode }
  | {
      readonly kind: 'forwarding';
      readonly upstreams: readonly UpstreamStatus[];
      readonly cache: CacheSize;
    }
  /** A query for a transfer: its messages are wanted, one for each `more`. */
  | {
      readonly kind: 'transfer';
      readonly transfer: number;
      readonly octets: Octets;
      readonly client: Client;
      readonly maxOctets: number;
    }
  /**
   * The next message is wanted; or none any more, for the client is gone or has all it wants.
   * `spare` held a message that is not needed any more.
   */
  | {
      readonly kind: 'more' | 'enough';
      readonly transfer: number;
      readonly spare: ArrayBuffer | undefined;
    }
  | { readonly kind: 'response'; readonly query: number; readonly octets: Octets | undefined }
  | { readonly kind: 'pong'; readonly ping: number }
  | { readonly kind: 'closed' };

/** All that an answer thread is made from: plain data, handed to it at its start. */
export interface AnswerThreadOptions {
  readonly origin: DomainName;
  /** The origins of the reverse zones, none below another. */
  readonly reverseZones: readonly DomainName[];
  readonly soa: StartOfAuthority;
  readonly ttlSeconds: number;
  readonly recurseOn: boolean;
  readonly setTruncateBit: boolean;
  readonly answerLimit: number;
  /** Undefined where nobody's place matters. */
  readonly locality: LocalityThreadOptions | undefined;
  readonly edns: EdnsSettings;
  readonly versionText: string | undefined;
  /** The PEM text of the key that signs answers; undefined where none are signed. */
  readonly dnssecKey: string | undefined;
  readonly queryAcl: readonly Network[];
  /** What some clients see of our zones. */
  readonly views: readonly View[];
  readonly recursionAcl: readonly Network[];
  readonly rateLimit: RateLimit;
  readonly tcp: TcpLimits;
  readonly udpMode: 'auto' | UdpMode;
  /** Undefined without TLS. */
  readonly certificate: Certificate | undefined;
  /** Undefined when outside names are refused. */
  readonly forward: ForwardOptions | undefined;
  readonly isTransferOn: boolean;
  readonly tsigKeys: readonly TsigKey[];
  /** Undefined where queries are not logged. */
  readonly queryLog: QueryLogOptions | undefined;
  readonly logLevel: LogLevel | 'silent';
}

/** How an answer thread prefers instances near the client. */
export interface LocalityThreadOptions {
  readonly isFilter: boolean;
  readonly networks: readonly PlacedNetwork[];
  readonly forwarders: readonly Network[];
}

/** What a worker is started with. */
export interface AnswerThreadData {
  readonly options: AnswerThreadOptions;
  readonly counters: SharedArrayBuffer;
  readonly sockets: readonly ListenSocket[];
}
