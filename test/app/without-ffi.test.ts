import packet from 'dns-packet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryOctets, tcpClient, udpClient } from '../fakes/dns-client.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';

/** Loaded before the program, in each of its threads: koffi is there, and cannot be loaded. */
const WITHOUT_KOFFI = `import { registerHooks } from 'node:module';
registerHooks({
  resolve(name, context, next) {
    if (name === 'koffi') throw new Error('no koffi for this machine');
    return next(name, context);
  },
});`;

describe('where koffi cannot be loaded', () => {
  let product: ServedProduct;
  beforeAll(async () => {
    const state = stateJson('127.0.0.1:5050', [{ name: 'web', instances: [['10.9.8.1']] }]);
    const preload = `data:text/javascript,${encodeURIComponent(WITHOUT_KOFFI)}`;
    product = await serveProduct(state, { threads: 2 }, ['--import', preload]);
  });
  afterAll(() => product.close());

  test('one line of the log says so, and why, however many threads there are', () => {
    const lines = product.log.filter(line => /FFI|koffi/.test(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('no koffi for this machine');
  });

  test('the metrics name the portable mode', async () => {
    expect(await product.text('/metrics')).toMatch(/^mesonym_build_info\{.*udp="portable"\} 1$/m);
  });

  test('queries are answered all the same, by UDP and TCP', async () => {
    const query = queryOctets(1, 'web.marathon.mesos');
    const client = await udpClient('127.0.0.1', product.port);
    const stream = await tcpClient('127.0.0.1', product.port);
    stream.send(query);
    for (const response of [await client.ask(query), (await stream.receive())!]) {
      const { answers } = packet.decode(Buffer.from(response));
      expect(answers).toMatchObject([{ type: 'A', data: '10.9.8.1' }]);
    }
    stream.close();
    await client.close();
  });
});
