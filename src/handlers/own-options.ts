import {
  clientView,
  type Edns,
  type EdnsSettings,
  findOpt,
  type Octets,
  OPT_OCTETS,
  OptWriter,
  type Query,
  QueryView,
  showClient,
} from '../dns/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { Handler } from './handler.ts';

/**
 * Adds what we say about ourselves to the OPT record of every response of `handle`: cookie, name
 * (NSID) and, by TCP, how long an idle connection stays. Responses without an OPT record, and those
 * without room, stay as they are. Not for our zone, whose answers have it all.
 */
export function withOwnOptions(handle: Handler, settings: EdnsSettings, clock: Clock): Handler {
  const client = clientView();
  const writer = new OptWriter(settings, client);
  const view = new QueryView();
  const add = (query: Query, edns: Edns, response: Octets): Octets => {
    view.optionsAt = edns.optionsAt;
    view.optionsEnd = edns.optionsEnd;
    showClient(client, query.client);
    writer.nowSeconds = Math.floor(clock.now() / 1000);
    const length = writer.prepare(view, query.octets);
    if (length <= OPT_OCTETS) return response;
    const record = new Uint8Array(length);
    writer.write(record, 0, 0, -1);
    return withOptions(response, query, record.subarray(OPT_OCTETS));
  };
  return query => {
    const response = handle(query);
    const { edns } = query;
    if (response === undefined || edns === undefined) return response;
    if (response instanceof Uint8Array) return add(query, edns, response);
    return response.then(octets => add(query, edns, octets));
  };
}

function withOptions(response: Octets, query: Query, options: Octets): Octets {
  const opt = findOpt(response, query.question.end);
  const length = response.length + options.length;
  if (typeof opt === 'string' || length > query.maxOctets) return response;
  const whole = new Uint8Array(length);
  whole.set(response.subarray(0, opt.optionsEnd));
  whole.set(options, opt.optionsEnd);
  whole.set(response.subarray(opt.optionsEnd), opt.optionsEnd + options.length);
  const rdata = opt.optionsEnd - opt.optionsAt + options.length;
  whole[opt.optionsAt - 2] = rdata >> 8;
  whole[opt.optionsAt - 1] = rdata;
  return whole;
}
