import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { freePort } from '../../bench/measure/free-port.ts';
import { testWith } from '../fakes/real-programs.ts';
import { untilTrue } from '../fakes/until-true.ts';
import { clientSettings } from './client-settings.ts';
import { type ServedCluster, serveCluster } from './served-cluster.ts';
import { startLoad } from './steady-load.ts';

/** A network where each container has an address of its own, and all have the same port. */
const APACHE = {
  id: 'apache2',
  instances: 2,
  cpus: 0.1,
  mem: 32,
  networks: [{ mode: 'container', name: 'overlay' }],
  container: { portMappings: [{ containerPort: 31000, protocol: 'tcp' }] },
};

const nginxTest = testWith('nginx');

describe('nginx with our server as its resolver', () => {
  let served: ServedCluster;
  let url: string;
  beforeAll(async () => {
    served = await serveCluster(3);
    await served.cluster.launch(APACHE);
    url = await startNginx(served);
  });
  afterAll(() => served.close());

  const living = () => served.cluster.running.map(({ id }) => id).sort();

  /** Asks until the instances that answered are those that live. */
  const untilAllAnswered = () => {
    const seen = new Set<string>();
    return untilTrue(`${living().length} instances answer`, async () => {
      for (let request = 0; request < 50; request++) {
        const text = await (await fetch(url)).text();
        seen.add(text.trim().split(' ').at(-1)!);
      }
      return living().every(id => seen.has(id));
    });
  };

  nginxTest('reaches every instance', untilAllAnswered);

  nginxTest('follows an instance that moves, without one failed request', async () => {
    const load = startLoad(url);
    await served.cluster.killTask(served.cluster.running[0].id);
    await untilAllAnswered();
    await load.stop();
    expect([...load.outcomes.keys()]).toEqual(['200']);
  });

  nginxTest('reaches all of 100 instances: it takes TCP after a truncated response', async () => {
    await served.cluster.scale('/apache2', 100);
    await untilAllAnswered();
  });

  nginxTest('says so at once when there is no instance', async () => {
    await served.cluster.scale('/apache2', 0);
    await untilTrue('no instance is known', async () => (await fetch(url)).status === 502);
  });
});

/** Starts it with the settings of config/clients; gives where it takes requests. */
async function startNginx(served: ServedCluster): Promise<string> {
  const { folder, dnsPort } = served;
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  const text = clientSettings('nginx.conf', {
    '10.0.0.1 10.0.0.2': `127.0.0.1:${dnsPort}`,
    '127.0.0.1:8080': `127.0.0.1:${port}`,
  });
  writeFileSync(file, text);
  const basics = `daemon off; pid ${folder}/nginx.pid; error_log stderr notice;`;
  await served.startClient(/start worker process/, 'nginx', '-c', file, '-g', basics);
  return `http://127.0.0.1:${port}/`;
}
