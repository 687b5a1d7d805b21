import {
  type AliasRecord,
  network,
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
    leaveOutUnknown: config.leaveOutUnknown,
    nameServer: config.SOAMname,
    secondaries: config.secondaries,
    staticRecords: staticRecords(config),
    aliases: aliases(config),
    aliasLabel: config.aliasLabel,
    groupNames: config.groupNames,
    serviceDiscovery: config.serviceDiscovery,
    txtLabels: config.txtLabels,
    publish: publishOptions(config),
    agentNames: config.agentNames,
    addressNames: config.addressNames,
    addressLabel: config.addressLabel,
    portIndexNames: config.portIndexNames,
    localityNames: config.localityNames ? localityOptions(config) : undefined,
    srvWeightLabel: config.srvWeightLabel,
    srvPriorityLabel: config.srvPriorityLabel,
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

/** Undefined where all is published. Nobody's scheduler has been away for too long yet. */
function publishOptions(config: Config) {
  const { publishInclude: include, publishExclude: exclude } = config;
  const { publishMinVisibility: minVisibility, publishInactiveSeconds } = config;
  const isAll = include.length + exclude.length + publishInactiveSeconds === 0;
  if (isAll && minVisibility === 'FRAMEWORK') return undefined;
  return { include, exclude, minVisibility, dormant: new Set<never>() };
}

/** What of tasks the names need beyond what is always read. */
export function taskDetails(config: Config) {
  const { aliasLabel, addressLabel, srvWeightLabel, srvPriorityLabel } = config;
  const rules = [...config.publishInclude, ...config.publishExclude];
  const own = [aliasLabel, addressLabel, srvWeightLabel, srvPriorityLabel];
  const told = config.serviceDiscovery ? config.txtLabels : [];
  const keys = [...own, ...told, ...rules.map(({ label }) => label?.key ?? '')];
  return {
    labels: new Set(keys.filter(key => key !== '')),
    portMappings: config.addressNames || config.portIndexNames || addressLabel !== '',
    roles: rules.some(({ role }) => role !== undefined),
  };
}

/** What decides about places, in the words of `records/`. */
export function localityOptions({ localityAttribute, localityNetworks }: Config) {
  return {
    attribute: localityAttribute,
    // The keys were checked with the rest of the config.
    networks: Object.entries(localityNetworks).map(([text, { region, zone }]) => {
      return { network: network(text)!, region, zone };
    }),
  };
}
