import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { queryOctets, type UdpClient, udpClient } from '../fakes/dns-client.ts';
import { hostileDatagram } from '../fakes/hostile-datagram.ts';
import { sendRaw } from '../fakes/raw-udp.ts';
import { testAsRoot } from '../fakes/real-programs.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { addressesIn, expectUnharmed, HOSTILE_STATE, idleShare } from './unharmed.ts';

const SEED = 20_261_122;
const PACKETS = 100_000;
const BATCH = 1_000;
const WARM_UP_BATCHES = 10;
const MIB = 2 ** 20;

describe.each(['batched', 'portable'])('UDP, %s', udpMode => {
  let product: ServedProduct;
  let client: UdpClient;
  beforeAll(async () => {
    product = await serveProduct(HOSTILE_STATE, {
      udpMode,
      refreshSeconds: 3600,
      tcpIdleSeconds: 2,
    });
    client = await udpClient('127.0.0.1', product.port);
  });
  afterAll(async () => {
    await client.close();
    await product.close();
  });

  async function knownAddresses() {
    return addressesIn(await client.ask(queryOctets(4711, 'web.marathon.mesos')));
  }

  test(`${PACKETS} hostile datagrams: a known name is answered after each batch`, async () => {
    const random = seededRandom(SEED);
    const attacker = await udpClient('127.0.0.1', product.port);
    const attack = async () => {
      for (let sent = 0; sent < BATCH; sent++) attacker.send(hostileDatagram(random));
      expect(await knownAddresses(), `seed ${SEED}`).toEqual(['10.9.8.1', '10.9.8.2', '10.9.8.3']);
    };
    // Code is compiled and buffers are made in the first batches; growth is counted from there.
    for (let batch = 0; batch < WARM_UP_BATCHES; batch++) await attack();
    const before = product.residentOctets();
    for (let batch = WARM_UP_BATCHES; batch < PACKETS / BATCH; batch++) await attack();
    await attacker.close();
    expect(product.residentOctets() - before).toBeLessThan(32 * MIB);
    const queries = 'mesonym_dns_queries_total{transport="udp",family="4"}';
    expect(await product.metric(queries)).toBeGreaterThan(PACKETS / 2);
    expect(await idleShare(product)).toBeLessThan(0.02);
    await expectUnharmed(product);
  });

  testAsRoot()('source port 0 is dropped, and nothing else happens', async () => {
    const dropped = 'mesonym_dns_dropped_total{cause="port_zero"}';
    expect(sendRaw(0, product.port, queryOctets(1, 'web.marathon.mesos'))).toBe(true);
    expect(await knownAddresses()).toHaveLength(3);
    expect(await product.metric(dropped)).toBe(1);
    await expectUnharmed(product);
  });
});
