import {
  type Discovery,
  type DiscoveryPort,
  VISIBILITIES,
  type Visibility,
} from './cluster-state.ts';
import {
  asObject,
  attempt,
  brief,
  compact,
  field,
  labelValues,
  optionalText,
  type Report,
  textField,
  wrappedList,
} from './json-fields.ts';

/** Reads DiscoveryInfo, which has one form everywhere; undefined without a name that is not empty. */
export function decodeDiscovery(info: unknown, report: Report): Discovery | undefined {
  if (info === undefined) return undefined;
  return attempt('discovery', info, report, () => {
    const name = textField(info, 'name');
    if (name === '') return undefined;
    const ports = wrappedList(info, 'ports').map(port => decodePort(port, report));
    const found = compact(ports.filter(port => port !== undefined));
    return { name, ports: found, visibility: decodeVisibility(info) };
  });
}

/** A missing number is 0, as Mesos-DNS publishes it. */
function decodePort(port: unknown, report: Report): DiscoveryPort | undefined {
  return attempt('discovery-port', port, report, () => {
    const number = field(port, 'number') ?? 0;
    if (!asObject(port) || !Number.isInteger(number)) {
      report('discovery-port', brief(port));
      return undefined;
    }
    const scope = labelValues(port, 'network-scope')[0];
    return {
      number: Number(number),
      name: optionalText(port, 'name'),
      protocol: optionalText(port, 'protocol'),
      scope: scope === 'host' || scope === 'container' ? scope : undefined,
      visibility: decodeVisibility(port),
    };
  });
}

/** One that nobody told us of says nothing. */
function decodeVisibility(value: unknown): Visibility | undefined {
  const text = field(value, 'visibility');
  return VISIBILITIES.find(visibility => visibility === text);
}
