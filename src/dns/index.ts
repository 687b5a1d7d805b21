/**
 * The DNS protocol: names, records, messages and their octets. In: octets or text. Out: the same in
 * the other form, checked. Rules: RFC 1034, 1035, 1982, 2181, 2308, 2782, 3597, 4343, 6891, 8914,
 * 9619.
 */
export {
  addressFromOctets,
  addressOctets,
  type IpAddress,
  ipAddress,
  writeIpv4,
} from './address.ts';
export { ClientSubnet } from './client-subnet.ts';
export { clientView, showClient } from './client-view.ts';
export {
  EDNS_OPTION,
  EXTENDED_ERROR,
  OPCODE,
  RCODE,
  RR_CLASS,
  RR_TYPE,
  typeCode,
  typeName,
} from './codes.ts';
export { leastTtl } from './least-ttl.ts';
export {
  decodeMessage,
  type Message,
  messageRecordText,
} from './message.ts';
export { MessageWriter, messageRoom } from './message-writer.ts';
export {
  type DomainName,
  domainName,
  isAtOrBelow,
  knownName,
  labelsOf,
  MAX_LABEL_OCTETS,
  MAX_NAME_OCTETS,
  nameOctets,
  parentName,
  readName,
  writeName,
} from './name.ts';
export { foldName, isAtOrBelowOctets, KEY_WORDS, unpackWord } from './name-key.ts';
export {
  type InNetworks,
  inNetworks,
  isMapped,
  LOCAL_NETWORKS,
  type Network,
  network,
  prefixMask,
} from './network.ts';
export { longAt, lowered, putLong, putWord, wordAt } from './octet-numbers.ts';
export type { AnswerInto, Client, ClientView, Edns, Octets, Query } from './octets.ts';
export {
  type EdnsSettings,
  EXTENDED_ERROR_OCTETS,
  OptWriter,
} from './opt-writer.ts';
export { MOST_PADDING_OCTETS, padResponse } from './padding.ts';
export {
  nameIn,
  WRITTEN_TYPES,
  type WrittenRecord,
  writtenRecord,
} from './presentation.ts';
export { findOpt, isQueryWithoutQuestion, readQuery } from './query.ts';
export { HEADER_OCTETS, OPT_OCTETS, QueryView, SCAN, scanQuery } from './query-view.ts';
export {
  type AddressRecord,
  type AliasRecord,
  type PointerRecord,
  type RecordType,
  type ResourceRecord,
  type RRset,
  recordValue,
  rrsetKey,
  type ServiceRecord,
  type StartOfAuthority,
} from './record.ts';
export {
  badOptions,
  badVersion,
  emptyResponse,
  formatError,
  makeResponse,
  notImplemented,
  refused,
  servfail,
} from './response.ts';
export { reverseName, reverseZones } from './reverse-name.ts';
export { isOlderSerial, nextSerial, type Serial, serial } from './serial.ts';
export { fitsOneString, quotedText, textOctets } from './text.ts';
