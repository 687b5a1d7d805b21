import type { z } from 'zod';
import type { DomainName } from '../dns/index.ts';
import { ACCESS_FIELDS } from './access-fields.ts';
import type { HostPort } from './endpoint.ts';
import type { LeaderSource } from './leader-source.ts';
import { LOCALITY_FIELDS } from './locality-fields.ts';
import { MESOS_DNS_FIELDS } from './mesos-dns-fields.ts';
import { NAME_FIELDS } from './name-fields.ts';
import { OWN_FIELDS } from './own-fields.ts';
import { PUBLISH_FIELDS } from './publish-fields.ts';

/** Every setting: the one source of the Config type, its checks, the JSON Schema and README's table. */
export const FIELDS = {
  ...MESOS_DNS_FIELDS,
  ...OWN_FIELDS,
  ...NAME_FIELDS,
  ...PUBLISH_FIELDS,
  ...LOCALITY_FIELDS,
  ...ACCESS_FIELDS,
} as const;

/** The name of a setting, in its right spelling. */
export type FieldName = keyof typeof FIELDS;
/** All settings, in the order of the table. */
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/** The value of each setting by itself, before settings are checked against one another. */
export type Settings = {
  readonly [Name in FieldName]: z.output<(typeof FIELDS)[Name]['schema']>;
};

/** Settings whose value is the path of a PEM file. */
export const PEM_FIELDS = [
  'CACertFile',
  'upstreamCACertFile',
  'certFile',
  'keyFile',
  'apiCertFile',
  'apiKeyFile',
  'tlsCertFile',
  'tlsKeyFile',
  'dnssecKeyFile',
] as const satisfies readonly FieldName[];

/** What the file named by `IAMConfigFile` holds. */
export interface IamAccount {
  readonly uid: string;
  /** PEM. */
  readonly privateKey: string;
  readonly loginEndpoint: string;
}

/**
 * A checked config, frozen all through. Every setting has its value, by the name it has in the
 * file; those that are not plain are parsed, and keep their spelling as `text`.
 */
export interface Config extends Omit<Settings, 'zk' | 'SOAMname' | 'SOARname' | 'listeners'> {
  readonly zk: Exclude<LeaderSource, { kind: 'file' }> | undefined;
  readonly SOAMname: DomainName;
  readonly SOARname: DomainName;
  /** Where DNS listens: never empty, every port filled in. */
  readonly listeners: readonly HostPort[];
  /** The contents of the PEM files named; a key is missing where no file is. */
  readonly pem: Readonly<Partial<Record<(typeof PEM_FIELDS)[number], string>>>;
  readonly iam: IamAccount | undefined;
}
