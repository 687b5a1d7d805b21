import { randomBytes } from 'node:crypto';
import { type Config, startOfAuthority, taskDetails } from '../config/index.ts';
import { type EdnsSettings, knownName } from '../dns/index.ts';
import type { ForwardOptions } from '../forward/index.ts';
import type { Credentials, FollowerOptions, HostLookup } from '../mesos/index.ts';
import { outermostReverseZones } from '../records/index.ts';
import { type Certificate, limitsOfThread, type TcpLimits } from '../server/index.ts';
import type { TsigKey } from '../transfer/index.ts';
import type { AnswerThreadOptions, LocalityThreadOptions } from './answer-messages.ts';
import { viewsOf } from './views.ts';

const COOKIE_SECRET_OCTETS = 16;

/**
 * What an answer thread is made from. `ownPlaces` are our listeners, `10.0.0.1:53` each; `locality` is
 * left out where it is off.
 */
export function answerThreadOptions(
  config: Config,
  ownPlaces: readonly string[],
  locality?: LocalityThreadOptions,
): AnswerThreadOptions {
  // One secret for all threads: a cookie given by one is good for each.
  const edns = ednsSettings(config);
  return {
    origin: config.domain,
    reverseZones: outermostReverseZones(config.reverseZones),
    soa: startOfAuthority(config),
    ttlSeconds: config.ttl,
    recurseOn: config.recurseOn,
    setTruncateBit: config.setTruncateBit,
    answerLimit: config.answerLimit,
    locality,
    edns,
    dnssecKey: config.pem.dnssecKeyFile,
    versionText: config.versionText === '' ? undefined : config.versionText,
    queryAcl: config.queryAcl,
    views: viewsOf(config),
    rateLimit: {
      perSecond: config.rateLimit,
      slip: config.rateLimitSlip,
      prefix4: config.rateLimitPrefix4,
      prefix6: config.rateLimitPrefix6,
      exempt: config.rateLimitExempt,
    },
    recursionAcl: config.recursionAcl,
    tcp: limitsOfThread(tcpLimits(config), config.threads),
    udpMode: config.udpMode,
    certificate: tlsCertificate(config),
    forward: config.externalOn ? forwardOptions(config, ownPlaces, edns) : undefined,
    isTransferOn: isTransferOn(config),
    tsigKeys: tsigKeys(config),
    queryLog: queryLog(config),
    logLevel: config.logLevel,
  };
}

/** What clients of DNS over TLS are shown at first. */
export function tlsCertificate({ pem }: Config): Certificate | undefined {
  const { tlsCertFile: certificate, tlsKeyFile: key } = pem;
  return certificate && key ? { certificate, key } : undefined;
}

/** Each thread has its share of the lines. */
function queryLog({ queryLogOneIn: oneIn, queryLogPerSecond, threads }: Config) {
  if (oneIn === 0) return undefined;
  return { oneIn, perSecond: Math.ceil(queryLogPerSecond / threads) };
}

/** Whether there is anybody who may transfer the zone. */
export function isTransferOn({ secondaries, transferAcl, tsigKeys: keys }: Config): boolean {
  return secondaries.length + transferAcl.length + keys.length > 0;
}

/** How the masters are followed. `lookup` resolves the host names in pids. */
export function followerOptions(
  config: Config,
  lookup: HostLookup,
  version: string,
): FollowerOptions {
  return {
    masters: mastersOf(config),
    source: config.source,
    zooKeeper: config.zk?.kind === 'zookeeper' ? config.zk : undefined,
    refreshSeconds: config.refreshSeconds,
    stateTimeoutSeconds: config.stateTimeoutSeconds,
    lookup,
    details: taskDetails(config),
    http: {
      isSecure: config.mesosHTTPSOn,
      tls: {
        ca: config.pem.CACertFile,
        cert: config.pem.certFile,
        key: config.pem.keyFile,
        isVerified: config.mesosTLSVerify,
      },
      credentials: credentialsOf(config),
      userAgent: `Mesonym/${version}`,
    },
  };
}

/** `zk` may name a single master instead of ZooKeeper; it is asked before the others. */
function mastersOf({ masters, zk }: Config): Config['masters'] {
  return zk?.kind === 'master' ? [zk.master, ...masters] : masters;
}

/** How we show the masters who we are. */
export function credentialsOf(config: Config): Credentials {
  const { mesosAuthentication, mesosCredentials, iam } = config;
  if (mesosAuthentication === 'basic') return { kind: 'basic', ...mesosCredentials };
  return mesosAuthentication === 'iam' && iam ? { kind: 'iam', account: iam } : { kind: 'none' };
}

/** The keys that sign transfers, their secrets as octets. */
export function tsigKeys(config: Config): readonly TsigKey[] {
  return config.tsigKeys.map(({ name, algorithm, secret }) => {
    return { name, algorithm, secret: new Uint8Array(Buffer.from(secret, 'base64')) };
  });
}

/** How outside names are asked for. `ownPlaces` are our listeners, so that none is an upstream. */
export function forwardOptions(
  config: Config,
  ownPlaces: readonly string[],
  edns: EdnsSettings,
): ForwardOptions {
  return {
    resolvers: config.resolvers,
    // The keys were checked and put in lower case with the rest of the config.
    zoneResolvers: Object.entries(config.zoneResolvers).map(([zone, upstreams]) => {
      return [knownName(zone), upstreams];
    }),
    timeoutMs: config.timeout * 1000,
    inRandomCase: config.upstream0x20,
    ownZones: [config.domain, ...outermostReverseZones(config.reverseZones)],
    tlsAuthorities: config.pem.upstreamCACertFile,
    setTruncateBit: config.setTruncateBit,
    ownPlaces,
    cacheOctets: config.cacheOctets,
    caps: {
      positiveSeconds: config.cacheMaxTtlSeconds,
      negativeSeconds: config.cacheMaxNegativeTtlSeconds,
    },
    staleSeconds: config.cacheStaleSeconds,
    maxInFlight: config.upstreamQueries,
    edns,
  };
}

function tcpLimits(config: Config): TcpLimits {
  return {
    connections: config.tcpConnections,
    connectionsPerAddress: config.tcpConnectionsPerAddress,
    messageMs: config.tcpMessageSeconds * 1000,
    idleMs: config.tcpIdleSeconds * 1000,
    unsentOctets: config.tcpUnsentOctets,
    slowQueries: config.tcpQueries,
  };
}

/**
 * What we say of ourselves in OPT records. Draws a cookie secret where none is set: call it once.
 */
export function ednsSettings(config: Config): EdnsSettings {
  return {
    udpPayloadMax: config.udpPayloadMax,
    identity: new TextEncoder().encode(config.nsid),
    cookieSecret: cookieSecret(config),
    tcpIdleMs: config.tcpIdleSeconds * 1000,
  };
}

function cookieSecret({ cookiesOn, cookieSecret: text }: Config): Uint8Array | undefined {
  if (!cookiesOn) return undefined;
  return new Uint8Array(text === '' ? randomBytes(COOKIE_SECRET_OCTETS) : Buffer.from(text, 'hex'));
}
