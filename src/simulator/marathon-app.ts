import type { JsonObject, Label } from './model.ts';

/** A Marathon app, as far as names and addresses depend on it; read from the JSON Marathon takes. */
export interface MarathonApp {
  /** The path without the first slash: `folder/app`. */
  readonly path: readonly string[];
  readonly instances: number;
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly isUniqueByHost: boolean;
  readonly network: AppNetwork;
  readonly ports: readonly AppPort[];
  readonly labels: readonly Label[];
  readonly container: AppContainer | undefined;
  /** The first check that Mesos itself does (`MESOS_HTTP`, `MESOS_TCP`, `COMMAND`). */
  readonly healthCheck: AppHealthCheck | undefined;
}

/** Where the containers of an app have their addresses. */
export type AppNetwork =
  | { readonly mode: 'host' }
  | { readonly mode: 'bridge' }
  | { readonly mode: 'container'; readonly name: string };

/** `containerPort` 0 means as the host port; a missing `hostPort` means none is wanted. */
export interface AppPort {
  readonly containerPort: number;
  readonly hostPort: number | undefined;
  readonly protocol: string;
  readonly name: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** What an app runs in. */
export interface AppContainer {
  readonly type: 'DOCKER' | 'MESOS';
  readonly image: string | undefined;
  readonly volumes: readonly JsonObject[];
}

/** How Marathon would find out whether an instance is well. */
export interface AppHealthCheck {
  readonly type: 'HTTP' | 'TCP' | 'COMMAND';
  readonly path: string;
  readonly delaySeconds: number;
  readonly graceSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly failures: number;
}

/** Raised when a text is no Marathon app. */
export class MarathonAppError extends Error {
  override readonly name = 'MarathonAppError';
  readonly code = 'ERR_MARATHON_APP';
}

/** What a person writes; both the older form (`docker.network`) and that of 1.5 (`networks`). */
export interface MarathonAppJson {
  readonly id: string;
  readonly instances?: number;
  readonly cpus?: number;
  readonly mem?: number;
  readonly disk?: number;
  readonly constraints?: readonly (readonly string[])[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly networks?: readonly { readonly mode: string; readonly name?: string }[];
  readonly ipAddress?: { readonly networkName?: string };
  readonly portDefinitions?: readonly PortJson[];
  readonly container?: {
    readonly type?: string;
    readonly volumes?: readonly { readonly [key: string]: string }[];
    readonly portMappings?: readonly PortJson[];
    readonly docker?: {
      readonly image?: string;
      readonly network?: string;
      readonly portMappings?: readonly PortJson[];
    };
  };
  readonly healthChecks?: readonly { readonly [key: string]: string | number | boolean }[];
}

interface PortJson {
  readonly port?: number;
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly protocol?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Reads an app as Marathon would: ids may lack the first slash, missing fields have its defaults. */
export function readMarathonApp(json: MarathonAppJson): MarathonApp {
  const path = (typeof json.id === 'string' ? json.id : '').split('/').filter(Boolean);
  if (path.length === 0 || !path.every(part => /^[a-z0-9.-]+$/.test(part))) {
    const found = JSON.stringify(json.id);
    throw new MarathonAppError(
      `Cannot launch app with id ${found}: expected a path like /shop/web`,
    );
  }
  const constraints = json.constraints ?? [];
  return {
    path,
    instances: json.instances ?? 1,
    cpus: json.cpus ?? 1,
    mem: json.mem ?? 128,
    disk: json.disk ?? 0,
    isUniqueByHost: constraints.some(
      ([field, operator]) => field === 'hostname' && operator === 'UNIQUE',
    ),
    network: appNetwork(json),
    ports: appPorts(json),
    labels: Object.entries(json.labels ?? {}).map(([key, value]) => ({ key, value })),
    container: appContainer(json),
    healthCheck: appHealthCheck(json),
  };
}

function appNetwork({ networks, container, ipAddress }: MarathonAppJson): AppNetwork {
  const [network] = networks ?? [];
  const older = container?.docker?.network;
  if (network?.mode === 'container/bridge' || older === 'BRIDGE') return { mode: 'bridge' };
  if (network?.mode === 'container' || older === 'USER' || ipAddress) {
    return { mode: 'container', name: network?.name ?? ipAddress?.networkName ?? 'dcos' };
  }
  return { mode: 'host' };
}

/** A host port that is not asked for is given with bridge networks, and not with container ones. */
function appPorts(json: MarathonAppJson): AppPort[] {
  const { container, portDefinitions } = json;
  const mappings = container?.portMappings ?? container?.docker?.portMappings;
  const byDefault = appNetwork(json).mode === 'container' ? undefined : 0;
  if (mappings) return mappings.map(mapping => appPort(mapping, mapping.hostPort ?? byDefault));
  return (portDefinitions ?? []).map(definition => appPort(definition, definition.port ?? 0));
}

function appPort(
  { containerPort = 0, protocol = 'tcp', name, labels = {} }: PortJson,
  hostPort: number | undefined,
): AppPort {
  return { containerPort, hostPort, protocol, name, labels };
}

function appContainer({ container }: MarathonAppJson): AppContainer | undefined {
  if (!container) return undefined;
  const volumes = (container.volumes ?? []).map(({ mode, containerPath, hostPath }) => ({
    mode,
    container_path: containerPath,
    host_path: hostPath,
  }));
  const type = container.type === 'DOCKER' ? 'DOCKER' : 'MESOS';
  return { type, image: container.docker?.image, volumes };
}

function appHealthCheck({ healthChecks = [] }: MarathonAppJson): AppHealthCheck | undefined {
  const check = healthChecks.find(({ protocol }) => String(protocol) in MESOS_CHECKS);
  if (!check) return undefined;
  const seconds = (field: string, byDefault: number) => Number(check[field] ?? byDefault);
  return {
    type: MESOS_CHECKS[String(check.protocol)],
    path: String(check.path ?? '/'),
    delaySeconds: seconds('delaySeconds', 15),
    graceSeconds: seconds('gracePeriodSeconds', 300),
    intervalSeconds: seconds('intervalSeconds', 60),
    timeoutSeconds: seconds('timeoutSeconds', 20),
    failures: seconds('maxConsecutiveFailures', 3),
  };
}

/**
 * Checks that Mesos does. Plain `HTTP` and `TCP` are Marathon's own, and Mesos knows nothing of
 * them.
 */
const MESOS_CHECKS: Readonly<Record<string, AppHealthCheck['type']>> = {
  MESOS_HTTP: 'HTTP',
  MESOS_HTTPS: 'HTTP',
  MESOS_TCP: 'TCP',
  COMMAND: 'COMMAND',
};
