import { z } from 'zod';
import { WRITTEN_TYPES } from '../dns/index.ts';
import { row } from './field.ts';
import { oneOf, text, yesNo } from './kinds.ts';

const staticRecord = z.strictObject(
  {
    name: text('a name below the domain', /./),
    type: oneOf(...WRITTEN_TYPES),
    value: text('what stands at the name', /./),
  },
  { error: 'an object with name, type and value' },
);

/** The keys that Mesos-DNS does not have: names beyond those it gives. All are off by default. */
export const NAME_FIELDS = {
  staticRecords: row(
    'names',
    z.array(staticRecord, { error: 'a list of objects' }).prefault([]),
    'Records of your own: `name`, `type` (A, AAAA, CNAME, PTR, SRV, TXT) and `value`, an SRV as `priority weight port target`, a TXT as it stands. Names without a final dot are below the domain, `@` is the domain itself. They have the TTL of all records.',
  ),
  aliases: row(
    'names',
    z.record(z.string(), text('a domain name', /./), { error: 'an object of names' }).prefault({}),
    'Names that lead to others, as CNAME records: `{ "www": "web.marathon" }` makes `www.mesos` an alias of `web.marathon.mesos`.',
  ),
  aliasLabel: row(
    'names',
    text('the key of a label').default(''),
    "The label by which a task, or its discovery info, asks for further names, separated by commas: `www` is then `www.marathon.mesos`, in its framework's zone, and `www.mesos.` with a final dot stands as it is. Each has the addresses and ports of the task's own name. Empty for none.",
  ),
  groupNames: row(
    'names',
    yesNo().default(false),
    "Whether groups are sub-domains too: Marathon's `/shop/eu/web` is then also at `web.eu.shop.marathon.mesos`, its ports at `_web._tcp.eu.shop.marathon.mesos`.",
  ),
  agentNames: row(
    'names',
    yesNo().default(false),
    'Whether each agent has names of its own: `ID.agent.mesos` by its id, `HOST.agent.mesos` by its host name.',
  ),
  addressNames: row(
    'names',
    yesNo().default(false),
    "Whether a task has names by whose address it is: `web.marathon.agentip.mesos` its agent's, `containerip` its container's, `autoip` the one at which it can be reached.",
  ),
  addressLabel: row(
    'names',
    text('the key of a label').default(''),
    "The label by which a task says where its addresses come from, in place of `IPSources`: `host`, `container`, `netinfo`, `docker`, `mesos`, or `auto` for its agent's where ports of the agent lead to it, else its container's. Empty for none.",
  ),
  portIndexNames: row(
    'names',
    yesNo().default(false),
    'Whether ports have names by their place: `_port0._web._tcp.marathon.mesos`, counted from 0 among the ports of the discovery info, or without one among the host ports.',
  ),
  srvWeightLabel: row(
    'names',
    text('the key of a label').default(''),
    "The label that holds the weight of a task's SRV records, 0 to 65535. Empty for none.",
  ),
  srvPriorityLabel: row(
    'names',
    text('the key of a label').default(''),
    "The label that holds the priority of a task's SRV records, 0 to 65535; the lowest is taken first. Empty for none.",
  ),
} as const;
