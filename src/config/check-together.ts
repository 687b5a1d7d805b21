import { type DomainName, domainName, isAtOrBelow, network, reverseZones } from '../dns/index.ts';
import { checkNames, nameDoubts } from './check-names.ts';
import type { Settings } from './config.ts';
import type { ConfigFault } from './error.ts';

/**
 * A rule about several settings at once. Settings that are faulty by themselves are missing; a rule
 * says nothing about those.
 */
type Rule = (settings: Partial<Settings>) => readonly ConfigFault[];

const RULES: readonly Rule[] = [
  someMaster,
  somethingToServe,
  wholePair('certFile', 'keyFile'),
  wholePair('apiCertFile', 'apiKeyFile'),
  wholePair('tlsCertFile', 'tlsKeyFile'),
  tlsWithCertificate,
  dnsForHttps,
  tlsAtItsOwnPorts,
  credentialsForBasic,
  accountForIam,
  zonesThatCount,
  upstreamsForEachZone,
  knownKeys,
  checkNames,
  placedNetworks,
];

/** The faults that show only when settings are looked at together. */
export function checkTogether(settings: Partial<Settings>): readonly ConfigFault[] {
  return RULES.flatMap(rule => rule(settings));
}

/** What can be used but is probably not meant. */
export function doubts(settings: Settings): readonly string[] {
  const found: string[] = [];
  if (settings.mesosCredentials.principal !== '' && settings.mesosAuthentication !== 'basic') {
    found.push('mesosCredentials are not used: mesosAuthentication is not basic');
  }
  if (settings.mesosHTTPSOn && !settings.mesosTLSVerify) {
    found.push('mesosTLSVerify is false: anybody on the way can pose as a master');
  }
  if (settings.externalOn && settings.recursionAcl.some(({ bits }) => bits === 0)) {
    found.push('recursionAcl holds everybody: this is an open resolver');
  }
  if (settings.localityForwarders.some(({ bits }) => bits === 0)) {
    found.push('localityForwarders holds everybody: any client may say where it is');
  }
  return [...found, ...nameDoubts(settings)];
}

function someMaster(settings: Partial<Settings>): readonly ConfigFault[] {
  const { zk, masters } = settings;
  // One that was left out is there, and undefined.
  const isZkFaulty = !('zk' in settings);
  if (isZkFaulty || zk !== undefined || masters === undefined || masters.length > 0) return [];
  return [
    { path: 'masters', found: 'empty, and zk is missing', wanted: 'at least one of the two' },
  ];
}

function somethingToServe({ dnsOn, httpOn }: Partial<Settings>): readonly ConfigFault[] {
  if (dnsOn !== false || httpOn !== false) return [];
  return [{ path: 'dnsOn', found: 'false, and httpOn too', wanted: 'at least one of the two' }];
}

function wholePair(
  cert: 'certFile' | 'apiCertFile' | 'tlsCertFile',
  key: 'keyFile' | 'apiKeyFile' | 'tlsKeyFile',
): Rule {
  return settings => {
    const [missing, other] = settings[cert] === '' ? [cert, key] : [key, cert];
    const isHalf = settings[missing] === '' && settings[other] !== '';
    return isHalf ? [{ path: missing, found: 'missing', wanted: `a file, as for ${other}` }] : [];
  };
}

function tlsWithCertificate({
  tlsListeners,
  tlsCertFile,
  tlsKeyFile,
}: Partial<Settings>): readonly ConfigFault[] {
  const hasNone = tlsCertFile === '' && tlsKeyFile === '';
  if (!hasNone || !tlsListeners?.length) return [];
  return [{ path: 'tlsCertFile', found: 'missing', wanted: 'a file, for tlsListeners' }];
}

function dnsForHttps({ dnsOverHttps, dnsOn, httpOn }: Partial<Settings>): readonly ConfigFault[] {
  if (!dnsOverHttps || (dnsOn !== false && httpOn !== false)) return [];
  return [{ path: 'dnsOverHttps', found: 'true', wanted: 'false, or dnsOn and httpOn both true' }];
}

/** Sockets share their port among threads: nothing else would tell that two things listen there. */
function tlsAtItsOwnPorts({
  tlsListeners,
  listener,
  listeners,
  port,
}: Partial<Settings>): readonly ConfigFault[] {
  if (!tlsListeners || !listeners || listener === undefined || port === undefined) return [];
  const plain = listeners.length === 0 ? [{ host: listener, port }] : listeners;
  const taken = plain.map(one => `${one.host} ${one.port === 0 ? port : one.port}`);
  return tlsListeners.flatMap(({ host, port: own, text }, index) => {
    if (own === 0 || !taken.includes(`${host} ${own}`)) return [];
    const wanted = 'a place where listeners are not';
    return [{ path: `tlsListeners[${index}]`, found: `"${text}"`, wanted }];
  });
}

function credentialsForBasic(settings: Partial<Settings>): readonly ConfigFault[] {
  const given = settings.mesosCredentials;
  if (settings.mesosAuthentication !== 'basic' || !given) return [];
  if (given.principal !== '' || given.secret !== '') return [];
  return [{ path: 'mesosCredentials', found: 'empty', wanted: 'principal and secret for basic' }];
}

function accountForIam(settings: Partial<Settings>): readonly ConfigFault[] {
  if (settings.mesosAuthentication !== 'iam' || settings.IAMConfigFile !== '') return [];
  return [{ path: 'IAMConfigFile', found: 'missing', wanted: 'the path of a file for iam' }];
}

/**
 * A zone may lie below another, or above the domain: the longest match wins, and the domain before
 * all.
 */
function zonesThatCount({
  domain,
  reverseZones: networks,
  zoneResolvers,
}: Partial<Settings>): readonly ConfigFault[] {
  const reverse = (networks ?? []).flatMap(network => reverseZones(network));
  return Object.keys(zoneResolvers ?? {}).flatMap(zone => {
    const path = `zoneResolvers.${zone}`;
    const name = zoneName(zone);
    if (!name) return [{ path, found: 'no zone name', wanted: 'labels joined by dots' }];
    if (domain !== undefined && isAtOrBelow(name, domain)) {
      return [{ path, found: 'at or below the domain', wanted: 'a zone outside the domain' }];
    }
    const isReverse = reverse.some(zone => isAtOrBelow(name, zone));
    const wanted = 'a zone outside those of reverseZones';
    return isReverse ? [{ path, found: 'in a network of reverseZones', wanted }] : [];
  });
}

function zoneName(zone: string): DomainName | undefined {
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(zone) ? domainName(zone) : undefined;
}

function upstreamsForEachZone({ zoneResolvers }: Partial<Settings>): readonly ConfigFault[] {
  return Object.entries(zoneResolvers ?? {})
    .filter(([, upstreams]) => upstreams.length === 0)
    .map(([zone]) => ({
      path: `zoneResolvers.${zone}`,
      found: '[]',
      wanted: 'at least one address',
    }));
}

function knownKeys({ secondaries, tsigKeys }: Partial<Settings>): readonly ConfigFault[] {
  if (tsigKeys === undefined) return [];
  return (secondaries ?? []).flatMap(({ key }, index) => {
    if (key === undefined || tsigKeys.some(({ name }) => name === key)) return [];
    return [{ path: `secondaries[${index}].key`, found: `"${key}"`, wanted: 'a name in tsigKeys' }];
  });
}

/** Two spellings of one network would be two places for it. */
function placedNetworks({ localityNetworks }: Partial<Settings>): readonly ConfigFault[] {
  const seen = new Set<string>();
  return Object.keys(localityNetworks ?? {}).flatMap(key => {
    const path = `localityNetworks.${key}`;
    const found = network(key);
    if (!found) return [{ path, found: 'no network', wanted: 'a network such as 10.0.0.0/8' }];
    const text = `${found.address.text}/${found.bits}`;
    if (seen.has(text)) return [{ path, found: 'the same network again', wanted: 'each one once' }];
    seen.add(text);
    return [];
  });
}
