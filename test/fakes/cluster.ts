import { knownName } from '../../src/dns/index.ts';
import type {
  Agent,
  AgentId,
  ClusterState,
  Framework,
  FrameworkId,
  HoldReason,
  HostPort,
  Task,
  TaskKey,
} from '../../src/mesos/index.ts';
import { type NamingOptions, type NamingRules, namingRules } from '../../src/records/index.ts';

/** The naming rules of a default config, but for what is given. */
export function rulesWith(options: Partial<NamingOptions> = {}): NamingRules {
  return namingRules({
    domain: knownName('mesos'),
    ipSources: ['netinfo', 'mesos', 'host'],
    enforceRfc952: false,
    srvWeight: 1,
    nameServer: knownName('ns1.mesos'),
    ...options,
  });
}

/** An agent at 10.0.0.7:5051 with the id `agents-S1`. */
export function agentWith(facts: Partial<Agent> = {}): Agent {
  return {
    id: 'agents-S1' as AgentId,
    hostname: 'agent1.example',
    pid: { host: '10.0.0.7', port: 5051 },
    faultDomain: undefined,
    attributes: [],
    ...facts,
  };
}

/** Marathon, at 10.0.0.9:8080. */
export function frameworkWith(facts: Partial<Framework> = {}): Framework {
  return {
    id: 'marathon-0000' as FrameworkId,
    name: 'marathon',
    hostname: 'scheduler.example',
    pid: { host: '10.0.0.9', port: 8080 },
    isActive: true,
    isRecovered: false,
    ...facts,
  };
}

/** A running task `web` with the id `test` (hash `iffe9`), container address 172.17.0.2, no ports. */
export function taskWith(facts: Partial<Task> = {}): Task {
  const id = facts.id ?? 'test';
  return {
    key: `marathon-0000 ${id}` as TaskKey,
    id,
    name: 'web',
    frameworkId: 'marathon-0000' as FrameworkId,
    agentId: 'agents-S1' as AgentId,
    state: 'TASK_RUNNING',
    isHealthy: undefined,
    addresses: { netinfo: ['172.17.0.2'], docker: [], mesos: [] },
    hostPorts: [],
    discovery: undefined,
    labels: [],
    portMappings: [],
    ...facts,
  };
}

interface ClusterFacts {
  readonly leader?: HostPort;
  readonly masters?: readonly HostPort[];
  readonly agents?: readonly Agent[];
  readonly frameworks?: readonly Framework[];
  readonly tasks?: readonly Task[];
  readonly held?: ReadonlyMap<TaskKey, HoldReason>;
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
}

/** A cluster of one master at 10.0.0.1:5050, one agent and Marathon, but for what is given. */
export function clusterWith(facts: ClusterFacts = {}): ClusterState {
  const leader = facts.leader ?? { host: '10.0.0.1', port: 5050 };
  const agents = facts.agents ?? [agentWith()];
  const frameworks = facts.frameworks ?? [frameworkWith()];
  return {
    leader,
    masters: facts.masters ?? [leader],
    agents: new Map(agents.map(agent => [agent.id, agent])),
    frameworks: new Map(frameworks.map(framework => [framework.id, framework])),
    tasks: new Map((facts.tasks ?? []).map(task => [task.key, task])),
    heldTasks: facts.held ?? new Map(),
    hostAddresses: new Map(Object.entries(facts.hosts ?? {})),
  };
}
