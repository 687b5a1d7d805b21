import type { AliasRecord, DomainName, ResourceRecord } from '../dns/index.ts';
import { fragment, label } from './label.ts';
import type { Rank } from './made-records.ts';
import { type LocalityOptions, type PlaceRules, placeRules } from './place.ts';
import type { PublishOptions } from './publish-rules.ts';
import { publishedName } from './published-name.ts';
import { remembered, rememberedPairs } from './remembered.ts';
import { type ServiceNames, serviceNames } from './service-names.ts';

/** Where a task's addresses may come from; the names are those of the config field `IPSources`. */
export type IpSource = 'host' | 'docker' | 'mesos' | 'netinfo';

/** What of the config decides about names and records. */
export interface NamingOptions {
  /** The zone's origin; every name is below it. */
  readonly domain: DomainName;
  /** The first source that gives an address wins. */
  readonly ipSources: readonly IpSource[];
  /** Labels as RFC 952 wants them: 24 octets, beginning with a letter. */
  readonly enforceRfc952: boolean;
  /** The weight of SRV records, 0 to 65535; the priority is 0. */
  readonly srvWeight: number;
  /** Whether tasks whose health check fails are left out of the names they share with others. */
  readonly leaveOutUnhealthy?: boolean;
  /** Whether those without a result are left out as well, beside healthy ones. */
  readonly leaveOutUnknown?: boolean;
  /** Whether services can be browsed by DNS-SD (RFC 6763). */
  readonly serviceDiscovery?: boolean;
  /** The labels of tasks that their TXT records tell. */
  readonly txtLabels?: readonly string[];
  /** Which frameworks and tasks get names; missing means all. */
  readonly publish?: PublishOptions | undefined;
  /** The zone's primary name server, `SOAMname`. */
  readonly nameServer: DomainName;
  /** Further servers of the zone; those with a name stand in its NS records. */
  readonly secondaries?: readonly OtherServer[];
  /** Records of the operator's own; none of them an alias of the domain itself. */
  readonly staticRecords?: readonly ResourceRecord[];
  readonly aliases?: readonly AliasRecord[];
  /** The label of tasks that asks for further names; empty or missing for none. */
  readonly aliasLabel?: string;
  /** Whether the parts of a task's name are sub-domains too: `web.eu.shop.marathon.mesos.`. */
  readonly groupNames?: boolean;
  /** Whether each agent has a name of its own, by its id and by its host name. */
  readonly agentNames?: boolean;
  /** Whether a task has names for its agent's address and for its container's. */
  readonly addressNames?: boolean;
  /** How agents are found in zones and regions, whose instances then have names of their own. */
  readonly localityNames?: LocalityOptions | undefined;
  /** Whether ports have names by their place, too: `_port0._web._tcp.marathon.mesos.`. */
  readonly portIndexNames?: boolean;
  /** The labels of tasks that hold the weight and priority of their SRV records. */
  readonly srvWeightLabel?: string;
  readonly srvPriorityLabel?: string;
  /** The label of tasks that says where their addresses come from, instead of `ipSources`. */
  readonly addressLabel?: string;
}

/** Another server of the zone; `host` is the text of an IP address. */
export interface OtherServer {
  readonly name?: DomainName | undefined;
  readonly address: { readonly host: string };
}

/**
 * The options with the functions that follow from them. Results are remembered: what many tasks ask
 * for is made once, and equal names share one string.
 */
export interface NamingRules extends NamingOptions {
  /** That of SRV records which nothing says otherwise of. */
  readonly rank: Rank;
  /** Where agents are; undefined where no name depends on it. */
  readonly places: PlaceRules | undefined;
  label(text: string): string;
  fragment(text: string): string;
  /** `publishedName` of `text` below the domain; `text` holds no final dot. */
  nameBelow(text: string): DomainName | undefined;
  /** The names that all tasks of one form of name share; `framework` is the framework's labels. */
  service(framework: string, form: string): ServiceNames;
  /** Forgets those names: after a whole state few of them are asked for again. */
  forget(): void;
}

/** Makes the rules; keep one for as long as the options hold. */
export function namingRules(options: NamingOptions): NamingRules {
  const { domain, enforceRfc952 } = options;
  const nameBelow = (text: string) => publishedName(`${text}.${domain}`);
  const services = rememberedPairs((framework, form) => serviceNames(form, framework, nameBelow));
  return {
    ...options,
    rank: { priority: 0, weight: options.srvWeight },
    nameBelow,
    places: options.localityNames && placeRules(options.localityNames),
    label: remembered(text => label(text, enforceRfc952)),
    fragment: remembered(text => fragment(text, enforceRfc952)),
    service: services.ask,
    forget: services.forget,
  };
}
