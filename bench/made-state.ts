const PIECE_OCTETS = 65_536;

/**
 * A made-up `/state` of any size, 2.35 KB a task as measured on clusters with Marathon: statuses,
 * labels, discovery info and a container each. One framework for each 25,000 tasks, an agent for each
 * 20, and as many completed tasks as a framework keeps by default.
 */
export class MadeState {
  readonly #tasks: number;
  /** How often a task was changed, by its number: each change moves it to another agent. */
  readonly #changes = new Map<number, number>();

  constructor(tasks: number) {
    this.#tasks = tasks;
  }

  /** Moves `count` tasks, spread evenly, to another agent. */
  change(count: number): void {
    for (let index = 0; index < count; index++) {
      const task = Math.floor(((index + 0.5) / count) * this.#tasks);
      this.#changes.set(task, (this.#changes.get(task) ?? 0) + 1);
    }
  }

  /** The body in pieces of 64 KiB, as a socket hands them over; made one by one, never as a whole. */
  *pieces(): Generator<Buffer> {
    let piece = Buffer.alloc(PIECE_OCTETS);
    let filled = 0;
    for (const part of this.#parts()) {
      const octets = Buffer.from(part);
      for (let at = 0; at < octets.length; ) {
        const copied = octets.copy(piece, filled, at);
        at += copied;
        filled += copied;
        if (filled < PIECE_OCTETS) continue;
        yield piece;
        piece = Buffer.alloc(PIECE_OCTETS);
        filled = 0;
      }
    }
    yield piece.subarray(0, filled);
  }

  *#parts(): Generator<string> {
    const agents = Math.ceil(this.#tasks / 20);
    yield '{"version":"1.11.0","elected_time":1700000000.5,"id":"M","pid":"master@10.0.0.1:5050",';
    yield '"leader":"master@10.0.0.1:5050","slaves":[';
    for (let agent = 0; agent < agents; agent++) yield (agent === 0 ? '' : ',') + agentText(agent);
    yield '],"recovered_slaves":[],"frameworks":[';
    for (let first = 0; first < this.#tasks; first += 25_000) {
      const framework = `A-${first / 25_000}`;
      yield `${first === 0 ? '' : ','}{"id":"${framework}","name":"marathon${first}","tasks":[`;
      const last = Math.min(first + 25_000, this.#tasks);
      for (let task = first; task < last; task++) {
        const agent = (task + (this.#changes.get(task) ?? 0)) % agents;
        yield (task === first ? '' : ',') + taskText(task, framework, agent);
      }
      yield '],"completed_tasks":[';
      for (let task = 0; task < 1000; task++)
        yield (task === 0 ? '' : ',') + taskText(task, 'x', 0);
      yield ']}';
    }
    yield '],"completed_frameworks":[],"orphan_tasks":[]}';
  }
}

function agentText(agent: number): string {
  const address = `10.${agent >> 14}.${(agent >> 7) & 127}.${agent & 127}`;
  return JSON.stringify({
    id: `A-S${agent}`,
    hostname: `agent${agent}.example`,
    port: 5051,
    pid: `slave(1)@${address}:5051`,
    resources: { cpus: 32, mem: 131_072, disk: 1_000_000, ports: '[31000-32000]' },
    attributes: { rack: `r${agent % 40}`, zone: 'a' },
    active: true,
    version: '1.11.0',
  });
}

function taskText(task: number, framework_id: string, agent: number): string {
  const id = `shop_web_${task}.instance-${(task * 2_654_435_761) % 2 ** 32}-e654-11f1._app.1`;
  return JSON.stringify({
    id,
    name: `web-${task >> 2}.shop.prod`,
    framework_id,
    executor_id: '',
    slave_id: `A-S${agent}`,
    state: 'TASK_RUNNING',
    resources: {
      cpus: 0.1,
      mem: 256,
      disk: 0,
      gpus: 0,
      ports: `[${31000 + (task % 900)}-${31000 + (task % 900)}]`,
    },
    role: '*',
    statuses: [
      statusJson(task, 'TASK_STARTING', 1_700_000_001.25),
      statusJson(task, 'TASK_RUNNING', 1_700_000_002.5),
    ],
    labels: [
      { key: 'owner', value: 'a team of the shop' },
      { key: 'metadata', value: 'eyJh'.repeat(200) },
    ],
    discovery: discoveryJson(task),
    container: {
      type: 'DOCKER',
      docker: {
        image: 'registry.example/shop/web:1.2.3',
        network: 'BRIDGE',
        port_mappings: [{ host_port: 31000, container_port: 8080, protocol: 'tcp' }],
      },
    },
  });
}

function statusJson(task: number, state: string, timestamp: number) {
  const ip_address = `9.${task >> 16}.${(task >> 8) & 255}.${task & 255}`;
  return {
    state,
    timestamp,
    container_status: {
      container_id: { value: '76bac369-56b7-499e-b6a0-a7e66508aa38' },
      network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address }], name: 'dcos' }],
    },
    healthy: true,
  };
}

function discoveryJson(task: number) {
  const labels = { labels: [{ key: 'network-scope', value: 'host' }] };
  const port = { number: 31000 + (task % 900), name: 'http', protocol: 'tcp', labels };
  return {
    visibility: 'FRAMEWORK',
    name: `web-${task >> 2}.shop.prod`,
    ports: { ports: [port] },
  };
}
