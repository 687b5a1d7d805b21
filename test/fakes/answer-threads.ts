import { LOCAL_NETWORKS, network, type ResourceRecord } from '../../src/dns/index.ts';
import { cryptoRandom, type Log, quietLog, systemClock } from '../../src/runtime/index.ts';
import { loadSystemCalls, openListeners, TCP_LIMITS } from '../../src/server/index.ts';
import { AnswerThreads } from '../../src/wiring/answer-threads.ts';
import type { AnswerThreadOptions } from '../../src/wiring/index.ts';
import { TransferTurns } from '../../src/wiring/transfer-turns.ts';
import { CurrentZone, type DeltaStep, deltaSteps } from '../../src/zone/index.ts';
import { a, ORIGIN, SETTINGS, SOA } from './answering-zone.ts';

const EVERYBODY = [network('0.0.0.0/0')!, network('::/0')!];

/** Answer threads with a zone of their own, at `address` and a free port, live from the start. */
export async function startAnswerThreads(
  threads = 1,
  log: Log = quietLog(),
  changes: Partial<AnswerThreadOptions> = {},
  address = '127.0.0.1',
  places?: () => Iterable<DeltaStep>,
) {
  const clock = systemClock();
  const current = new CurrentZone({ origin: ORIGIN, soa: SOA });
  const { reverseZones = [] } = changes;
  const reverse = reverseZones.map(origin => new CurrentZone({ origin, soa: SOA }));
  const systemCalls = await loadSystemCalls(() => {});
  const options = { threads, systemCalls, clock, log, onChange: () => {} };
  const listeners = await openListeners([{ address, port: 0 }], options);
  const { udpPayloadMax, ...settings } = SETTINGS;
  const running = await AnswerThreads.start({
    threads,
    thread: {
      ...settings,
      origin: ORIGIN,
      reverseZones: [],
      edns: { udpPayloadMax },
      locality: undefined,
      versionText: undefined,
      dnssecKey: undefined,
      queryAcl: EVERYBODY,
      recursionAcl: LOCAL_NETWORKS.map(text => network(text)!),
      rateLimit: { perSecond: 0, slip: 2, prefix4: 24, prefix6: 56, exempt: [] },
      tcp: TCP_LIMITS,
      udpMode: 'auto',
      certificate: undefined,
      forward: undefined,
      isTransferOn: false,
      tsigKeys: [],
      views: [],
      queryLog: undefined,
      logLevel: 'silent',
      ...changes,
    },
    listeners,
    zone: current.zone,
    reverseZones: reverse.map(({ zone }) => zone),
    places: places && { steps: places },
    transfer: () => undefined,
    transferTurns: new TransferTurns(1),
    clock,
    random: cryptoRandom(),
    log,
  });
  running.takeSockets();
  const publish = (source: string, records: readonly ResourceRecord[]) => {
    const delta = current.publish(new Map([[source, records]]), 1_700_000_000);
    if (delta) running.publish(deltaSteps(delta));
  };
  /** Into the first reverse zone. */
  const publishReverse = (records: readonly ResourceRecord[]) => {
    const [first] = reverse;
    const delta = first?.publish(new Map([['test', records]]), 1_700_000_000);
    if (delta) running.publish(deltaSteps(delta), first.zone.origin);
  };
  publish('web', [a('web.mesos', '10.0.0.1')]);
  running.serve({ kind: 'live' });
  return {
    threads: running,
    port: listeners.addresses[0].port,
    publish,
    publishReverse,
    close: async () => {
      await running.close(0);
      await listeners.close();
    },
  };
}

export type StartedThreads = Awaited<ReturnType<typeof startAnswerThreads>>;
