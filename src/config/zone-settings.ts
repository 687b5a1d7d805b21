import {
  type AliasRecord,
  type ResourceRecord,
  type StartOfAuthority,
  writtenRecord,
} from '../dns/index.ts';
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
    staticRecords: staticRecords(config),
    aliases: aliases(config),
    aliasLabel: config.aliasLabel,
    groupNames: config.groupNames,
  };
}

/** All of them can be understood: the config was checked. */
function staticRecords({ staticRecords: written, domain }: Config): readonly ResourceRecord[] {
  return written.flatMap(record => writtenRecord(record, domain) ?? []);
}

function aliases({ aliases: written, domain }: Config): readonly AliasRecord[] {
  return Object.entries(written).flatMap(([name, value]) => {
    const record = writtenRecord({ name, type: 'CNAME', value }, domain);
    return record?.type === 'CNAME' ? record : [];
  });
}

/** What of tasks the names need beyond what is always read. */
export function taskDetails({ aliasLabel }: Config) {
  const labels = new Set([aliasLabel].filter(key => key !== ''));
  return { labels, portMappings: false };
}
