import type { DomainName, IpAddress, ResourceRecord } from '../dns/index.ts';
import type { ClusterState, Task } from '../mesos/index.ts';
import { agentRecords } from './agent-records.ts';
import { additionFacts } from './explain-additions.ts';
import type { Explanation, PartFacts } from './explanation.ts';
import { frameworkRecords } from './framework-records.ts';
import type { MadeRecords } from './made-records.ts';
import { masterRecords } from './master-records.ts';
import type { PlaceRules } from './place.ts';
import { placeOfAddress } from './place-book.ts';
import { hiddenFramework } from './publish-rules.ts';
import type { IpSource, NamingRules } from './rules.ts';
import type { ServiceNames } from './service-names.ts';
import { addressesFrom } from './task-addresses.ts';
import { taskFacts } from './task-facts.ts';
import { taskNames } from './task-names.ts';
import { taskRecords } from './task-records.ts';
import { unhealthyTasks } from './unhealthy-tasks.ts';

/** More than anybody reads; an explanation of 5,000 instances stays small. */
const MOST_LISTED = 100;

const ALL_SOURCES: readonly IpSource[] = ['netinfo', 'docker', 'mesos', 'host'];

/** Why `name` has these records, or none. */
export function explainName(
  name: DomainName,
  state: ClusterState,
  rules: NamingRules,
): Explanation {
  const isAsked = (record: ResourceRecord) => record.owner === name;
  const concerned = [...state.tasks.values()].filter(task => isNameOf(name, task, state, rules));
  return explanation({ name }, concerned, isAsked, state, rules);
}

/** What has `address`, under which names, and where it is. */
export function explainAddress(
  asked: IpAddress,
  state: ClusterState,
  rules: NamingRules,
  places: PlaceRules,
): Explanation {
  const { text } = asked;
  const isAsked = (record: ResourceRecord) => 'address' in record && record.address === text;
  const concerned = [...state.tasks.values()].filter(task => hasAddress(text, task, state));
  const place = placeOfAddress(asked, state, places);
  const isKnown = place.agent + place.zone + place.region !== '';
  const facts = { address: text, ...(isKnown && { place }) };
  return explanation(facts, concerned, isAsked, state, rules);
}

function explanation(
  asked: Partial<Pick<Explanation, 'name' | 'address' | 'place'>>,
  concerned: readonly Task[],
  isAsked: (record: ResourceRecord) => boolean,
  state: ClusterState,
  rules: NamingRules,
): Explanation {
  const listed = concerned.slice(0, MOST_LISTED);
  const parts = partFacts(isAsked, state, rules);
  const unhealthy = unhealthyTasks(state, rules);
  const isTaken = (owner: DomainName) => hasRecords(owner, state, rules);
  return {
    name: asked.name,
    address: asked.address,
    place: asked.place,
    parts: parts.slice(0, MOST_LISTED),
    moreParts: Math.max(0, parts.length - MOST_LISTED),
    tasks: listed.map(task =>
      taskFacts(task, isAsked, state, rules, unhealthy.isLeftOut(task.key)),
    ),
    moreTasks: concerned.length - listed.length,
    additions: additionFacts(isAsked, isTaken, MOST_LISTED, state, rules, unhealthy),
  };
}

/** Says whether a name has records by the rules of Mesos-DNS. */
function hasRecords(owner: DomainName, state: ClusterState, rules: NamingRules): boolean {
  const isAsked = (record: ResourceRecord) => record.owner === owner;
  if (partFacts(isAsked, state, rules).length > 0) return true;
  return [...state.tasks.values()].some(
    task =>
      isNameOf(owner, task, state, rules) && taskRecords(task, state, rules).records.some(isAsked),
  );
}

/** Says whether `name` is one of the names of `task`, published or not. */
function isNameOf(name: DomainName, task: Task, state: ClusterState, rules: NamingRules): boolean {
  const framework = rules.fragment(state.frameworks.get(task.frameworkId)?.name ?? '');
  const label = rules.label(task.discovery?.name ?? task.name);
  // Spares most tasks the hash of their id; the raw form of a discovery name may read differently.
  if (!name.includes(label) && !name.includes(task.discovery?.name ?? label)) return false;
  return taskNames(task, framework, rules).some(
    ({ service, own, onAgent }) =>
      isInstanceOf(name, own, rules) ||
      [
        service.own,
        service.onAgent,
        own,
        onAgent,
        ...service.both,
        ...service.bothOnAgent,
        ...portOwners(task, service, rules),
      ].includes(name),
  );
}

/** Says whether `name` is where DNS-SD has an instance of the task whose own name is given. */
function isInstanceOf(
  name: DomainName,
  own: DomainName | undefined,
  { serviceDiscovery }: NamingRules,
): boolean {
  if (!serviceDiscovery || own === undefined) return false;
  const [label] = own.split('.', 1);
  return name.startsWith(`${label}._`) || name.startsWith(`${label}-`);
}

function portOwners(
  { discovery }: Task,
  service: ServiceNames,
  rules: NamingRules,
): readonly DomainName[] {
  return (discovery?.ports ?? []).flatMap(({ protocol, name }) =>
    service.port(rules.label(protocol ?? ''), rules.label(name ?? '')),
  );
}

/** Says whether any source gives `text` as an address of `task`, chosen or not. */
function hasAddress(text: string, task: Task, state: ClusterState): boolean {
  const agent = state.agents.get(task.agentId);
  return ALL_SOURCES.some(source => {
    if (source === 'host' && !agent) return false;
    // Only `host` looks at the agent.
    const addresses = addressesFrom(source, task, agent!, state);
    return addresses.some(address => address.text === text);
  });
}

function partFacts(
  isAsked: (record: ResourceRecord) => boolean,
  state: ClusterState,
  rules: NamingRules,
): readonly PartFacts[] {
  const { leader } = state;
  const parts: PartFacts[] = [];
  const add = (kind: PartFacts['kind'], id: string, name: string, made: MadeRecords) => {
    const records = made.records.filter(isAsked);
    if (records.length === 0) return;
    parts.push({ kind, id, name, records, hidden: undefined, faults: made.faults });
  };
  add('masters', `${leader.host}:${leader.port}`, 'leader', masterRecords(state, rules));
  for (const framework of state.frameworks.values()) {
    const { id, name } = framework;
    const hidden = hiddenFramework(framework, rules.publish)?.text;
    const made = frameworkRecords(framework, state, { ...rules, publish: undefined });
    if (hidden === undefined) add('framework', id, name, made);
    else if (made.records.some(isAsked)) parts.push(hiddenPart(id, name, hidden));
  }
  for (const agent of state.agents.values()) {
    add('agent', agent.id, agent.hostname, agentRecords(agent, state, rules));
  }
  return parts;
}

function hiddenPart(id: string, name: string, hidden: string): PartFacts {
  return { kind: 'framework', id, name, records: [], hidden, faults: [] };
}
