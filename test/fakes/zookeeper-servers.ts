import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** Real ZooKeeper servers from Debian's package, on free ports of the loopback. */
export interface ZooKeeperServers {
  readonly places: readonly { readonly host: string; readonly port: number }[];
  /** Ends a server as a power cut would. */
  kill(index: number): Promise<void>;
  /** A paused server keeps its connections and says nothing. */
  pause(index: number): void;
  resume(index: number): void;
  /** Starts a server that was killed; resolves when it serves. */
  start(index: number): Promise<void>;
  /** How many sessions the first of them knows, of clients of any of them. */
  sessions(): Promise<number>;
  close(): Promise<void>;
}

const JARS = '/usr/share/java';
const WANTED =
  /^(zookeeper|zookeeper-jute|slf4j-api|slf4j-nop|metrics-core|snappy-java|commons-(cli|io)|jackson-(core|databind|annotations)|netty-[a-z-]+)\.jar$/;

/** Programs of the package and its Java, for `testWith`. */
export const ZOOKEEPER_PROGRAMS = ['java', 'zooinspector'] as const;

/** Starts `count` servers, an ensemble if there are several; sessions may be as short as 1 s. */
export async function startZooKeeper(count: number): Promise<ZooKeeperServers> {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-zookeeper-'));
  const ports = await freePorts(count * 3);
  const processes: (ChildProcess | undefined)[] = [];
  const indexes = Array.from({ length: count }, (_, index) => index);
  for (const index of indexes) writeConfig(folder, index, count, ports);
  const start = async (index: number) => {
    processes[index] = launch(folder, index, count);
    await untilServing(ports[index], processes[index]);
  };
  const kill = async (index: number) => {
    const process = processes[index];
    processes[index] = undefined;
    if (!process || process.exitCode !== null) return;
    process.kill('SIGKILL');
    await once(process, 'exit');
  };
  await Promise.all(indexes.map(start));
  return {
    places: indexes.map(index => ({ host: '127.0.0.1', port: ports[index] })),
    kill,
    pause: index => void processes[index]?.kill('SIGSTOP'),
    resume: index => void processes[index]?.kill('SIGCONT'),
    start,
    sessions: async () =>
      Number(/zk_global_sessions\t(\d+)/.exec(await fourLetters(ports[0], 'mntr'))?.[1]),
    close: async () => {
      await Promise.all(indexes.map(kill));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeConfig(folder: string, index: number, count: number, ports: readonly number[]): void {
  const dataDir = join(folder, `data${index}`);
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'myid'), String(index + 1));
  const ensemble = Array.from({ length: count }, (_, at) => {
    const [quorum, election] = [ports[count + at], ports[2 * count + at]];
    return `server.${at + 1}=127.0.0.1:${quorum}:${election}`;
  });
  const lines = [
    'tickTime=500',
    'initLimit=60',
    'syncLimit=20',
    'minSessionTimeout=1000',
    'maxSessionTimeout=60000',
    `dataDir=${dataDir}`,
    'clientPortAddress=127.0.0.1',
    `clientPort=${ports[index]}`,
    'admin.enableServer=false',
    '4lw.commands.whitelist=srvr, mntr',
    ...(count > 1 ? ensemble : []),
  ];
  writeFileSync(join(folder, `server${index}.cfg`), `${lines.join('\n')}\n`);
}

function launch(folder: string, index: number, count: number): ChildProcess {
  const jars = readdirSync(JARS).filter(jar => WANTED.test(jar));
  const main = count > 1 ? 'quorum.QuorumPeerMain' : 'ZooKeeperServerMain';
  const start = `org.apache.zookeeper.server.${main}`;
  const path = jars.map(jar => join(JARS, jar)).join(':');
  // One core and a small heap each: the machine has other tests to run.
  const limits = ['-Xmx64m', '-Xss512k', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const config = join(folder, `server${index}.cfg`);
  return spawn('java', [...limits, '-cp', path, start, config], { stdio: 'ignore' });
}

async function untilServing(port: number, process: ChildProcess | undefined): Promise<void> {
  const giveUp = AbortSignal.timeout(100_000);
  while (!(await fourLetters(port, 'srvr')).includes('Mode:')) {
    if (process?.exitCode !== null) throw new Error('A ZooKeeper server ended while it started');
    await sleep(50, undefined, { signal: giveUp });
  }
}

async function fourLetters(port: number, word: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(word);
  return text(socket).catch(() => '');
}

/** Ports that were free a moment ago: ZooKeeper cannot take port 0 and tell. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map(server => once(server, 'listening')));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}
