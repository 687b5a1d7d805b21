import type { StartOfAuthority } from '../dns/index.ts';
import type { Config } from './config.ts';

/** The start of authority that the settings describe. */
export function startOfAuthority(config: Config): StartOfAuthority {
  return {
    primary: config.SOAMname,
    mailbox: config.SOARname,
    refreshSeconds: config.SOARefresh,
    retrySeconds: config.SOARetry,
    expireSeconds: config.SOAExpire,
    negativeTtlSeconds: config.SOAMinttl,
  };
}

/** What decides about names and records, in the words of `records/`. */
export function namingOptions(config: Config) {
  return {
    domain: config.domain,
    ipSources: config.IPSources,
    enforceRfc952: config.enforceRFC952,
    srvWeight: config.SRVRecordDefaultWeight,
    leaveOutUnhealthy: config.leaveOutUnhealthy,
    nameServer: config.SOAMname,
    secondaries: config.secondaries,
  };
}
