import type { Config } from '../config/index.ts';
import type { Clock, Log, Random } from '../runtime/index.ts';
import { type Listeners, loadSystemCalls, openListeners } from '../server/index.ts';
import type { Zone } from '../zone/index.ts';
import { AnswerThreads } from './answer-threads.ts';
import type { Ends } from './ends.ts';
import { answerThreadOptions } from './options.ts';
import { placeText } from './place-text.ts';
import type { Transfers } from './transfers.ts';

/** How long slow answers may still come once the sockets are closed. */
const DRAIN_MS = 2_000;

interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The sockets of DNS and the threads that answer on them. */
export interface Answering {
  readonly threads: AnswerThreads;
  readonly listeners: Listeners;
}

/** @throws {ListenError} When an address cannot be had. */
export async function startAnswering(
  config: Config,
  { clock, random, log }: World,
  zone: Zone,
  transfers: Transfers,
  ends: Ends,
): Promise<Answering> {
  const isBatched = config.udpMode !== 'portable';
  const systemCalls = await loadSystemCalls(reason => {
    if (isBatched) log.warn('No system calls by FFI: UDP goes through Node alone', { reason });
  });
  const threads: { started?: AnswerThreads } = {};
  const places = config.listeners.map(({ host, port }) => ({ address: host, port }));
  const listeners = ends.add(
    await openListeners(places, {
      threads: config.threads,
      systemCalls,
      clock,
      log,
      onChange: () => threads.started?.resocket(),
    }),
  );
  const ownPlaces = listeners.addresses.map(({ address, port }) =>
    placeText({ host: address, port }),
  );
  threads.started = await AnswerThreads.start({
    threads: config.threads,
    thread: answerThreadOptions(config, ownPlaces),
    listeners,
    zone,
    transfer: transfers.respond,
    clock,
    random,
    log,
  });
  const { started } = threads;
  ends.add({ close: () => started.close(DRAIN_MS) });
  log.info('answering', { places: ownPlaces, udp: started.udp, threads: config.threads });
  return { threads: started, listeners };
}
