import type { DomainName } from '../dns/index.ts';
import { rememberedFew } from './remembered.ts';

/**
 * The names that all tasks of one name share in one framework ("web" in "marathon"); undefined or left
 * out where a name cannot be published. Those "on the agent" are below `slave`.
 */
export interface ServiceNames {
  /** `web.marathon.mesos.` */
  readonly own: DomainName | undefined;
  readonly onAgent: DomainName | undefined;
  /** `_web._tcp.marathon.mesos.`, and the same for UDP. */
  readonly both: readonly DomainName[];
  readonly bothOnAgent: readonly DomainName[];
  /**
   * `_web._proto.marathon.mesos.`, and with a port name also `_port._web._proto.marathon.mesos.`; both
   * protocols where `protocol` is empty. The texts are labels.
   */
  port(protocol: string, portName: string): readonly DomainName[];
}

const BOTH_PROTOCOLS = ['tcp', 'udp'];

/** Named ports remembered for each service; few have more than a handful. */
const MOST_PORTS = 8;

/** `nameBelow` makes a name below the domain; `framework` is the framework's labels. */
export function serviceNames(
  form: string,
  framework: string,
  nameBelow: (text: string) => DomainName | undefined,
): ServiceNames {
  const names = (services: readonly string[], below: string) =>
    services.flatMap(service => nameBelow(`${service}.${below}`) ?? []);
  const both = BOTH_PROTOCOLS.map(protocol => `_${form}._${protocol}`);
  const portNames = (protocol: string, portName: string) =>
    (protocol === '' ? both : [`_${form}._${protocol}`]).flatMap(service =>
      names(portName === '' ? [service] : [service, `_${portName}.${service}`], framework),
    );
  return {
    own: nameBelow(`${form}.${framework}`),
    onAgent: nameBelow(`${form}.${framework}.slave`),
    both: names(both, framework),
    bothOnAgent: names(both, `${framework}.slave`),
    port: rememberedFew(portNames, MOST_PORTS),
  };
}
