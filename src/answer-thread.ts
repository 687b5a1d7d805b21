import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type AnswerInto, type ClientView, clientView, inNetworks } from './dns/index.ts';
import { type Forwarder, makeForwarder } from './forward/index.ts';
import {
  chaosHandler,
  firstOf,
  type Handler,
  opcodeHandler,
  refuseHandler,
  slowPath,
  withCookieQueries,
  withOwnOptions,
  withQueryLog,
  zoneHandler,
} from './handlers/index.ts';
import {
  type Counters,
  cryptoRandom,
  jsonLog,
  type Log,
  makeCounters,
  quietLog,
  seededRandom,
  systemClock,
} from './runtime/index.ts';
import {
  allowNetworks,
  type DnsServer,
  limitResponses,
  loadSystemCalls,
  makeServer,
  restrictViews,
} from './server/index.ts';
import { signedHandler } from './transfer/index.ts';
// Not by its door, which would load the control thread's packages into every thread.
import { ANSWER_COUNTERS, type AnswerCounter } from './wiring/answer-counters.ts';
import type {
  AnswerThreadData,
  FromAnswerThread,
  StepMessage,
  ToAnswerThread,
} from './wiring/answer-messages.ts';
import { answerQuery } from './wiring/answer-query.ts';
import { makeLocality } from './wiring/make-locality.ts';
import { readyAnswers } from './wiring/ready-answers.ts';
import { RemoteTransfers } from './wiring/remote-transfers.ts';
import { StepQueue, type StepTable } from './wiring/step-queue.ts';
import { type OwnAnswers, zoneAnswers } from './wiring/zone-answers.ts';
import { AnswerTable, ReverseAnswers } from './zone/index.ts';

/** How often cookies get the time, and the control thread the state of the upstreams. */
const TICK_MS = 1000;
/** The shortest there is: an answer does not wait until another thread's turn is over. */
const TURN_US = 100;

// The entry of a worker: this file is never imported, only started.
if (parentPort) await run(parentPort, workerData as AnswerThreadData);

/** The wiring of an answer thread: every part from plain options, then messages until it is closed. */
async function run(port: MessagePort, data: AnswerThreadData): Promise<void> {
  const { options } = data;
  const post = (message: FromAnswerThread) => port.postMessage(message);
  const log = options.logLevel === 'silent' ? quietLog() : jsonLog(options.logLevel);
  const counters = makeCounters(ANSWER_COUNTERS, data.counters);
  const client = clientView();
  const parts = makeParts(data, client, counters, log, new RemoteTransfers(port));
  const server = await startServer(data, parts, counters, client, log);
  const stopTicking = startTicking(parts, post);
  const close = async (drainMs: number) => {
    await server.close(drainMs);
    await parts.forwarder?.close();
    stopTicking();
    post({ kind: 'closed' });
    port.close();
  };
  // A thread that takes another's place has queries waiting: they get the zone, not SERVFAIL.
  const sockets = await hear(port, parts, server, data.sockets, close);
  await server.serve(sockets);
  post({ kind: 'serving', udp: server.udp });
}

/** Tells the answers the time, and the control thread how forwarding goes, until it is stopped. */
function startTicking(
  { zone, reverse, forwarder }: Parts,
  post: (message: FromAnswerThread) => void,
): () => void {
  const clock = systemClock();
  const tick = () => {
    for (const answers of [zone, reverse]) answers.setTime(Math.floor(clock.now() / 1000));
    if (forwarder) {
      post({ kind: 'forwarding', upstreams: forwarder.status(), cache: forwarder.cacheSize() });
    }
    stop = clock.after(TICK_MS, tick);
  };
  let stop = clock.after(0, tick);
  return () => stop();
}

/**
 * Does what the control thread says, from now on.
 *
 * @returns The sockets to begin with, as soon as the zone is known.
 */
function hear(
  port: MessagePort,
  { tableFor, zone, reverse, forwarder, transfers }: Parts,
  server: DnsServer,
  given: AnswerThreadData['sockets'],
  close: (drainMs: number) => Promise<void>,
): Promise<AnswerThreadData['sockets']> {
  const steps = new StepQueue();
  let sockets = given;
  const { promise: zoneKnown, resolve: knowZone } = Promise.withResolvers<void>();
  port.on('message', (message: ToAnswerThread) => {
    switch (message.kind) {
      case 'step':
        return steps.add(message.step, tableFor(message));
      case 'serving':
        return steps.after(() => {
          for (const answers of [zone, reverse]) answers.serve(message.state);
          knowZone();
        });
      case 'sockets':
        sockets = message.sockets;
        return void zoneKnown.then(() => server.serve(sockets));
      case 'certificate':
        return server.renewCertificate(message.certificate);
      case 'flush':
        return forwarder?.flush(message.name);
      case 'transferred':
        return transfers.hear(message.transfer, message.octets);
      case 'query':
        return void answerQuery(message, server, port);
      case 'ping':
        return steps.after(() => port.postMessage(pong(message.ping)));
      case 'close':
        return void close(message.drainMs);
      default:
        return message satisfies never;
    }
  });
  return zoneKnown.then(() => sockets);
}

function pong(ping: number): FromAnswerThread {
  return { kind: 'pong', ping };
}

interface Parts {
  readonly tableFor: (message: StepMessage) => StepTable;
  readonly zone: OwnAnswers;
  readonly reverse: ReverseAnswers;
  readonly forwarder: Forwarder | undefined;
  readonly transfers: RemoteTransfers;
  readonly answerInto: AnswerInto;
  readonly slow: ReturnType<typeof slowPath>;
}

/** What answers: the zone, then the cache of outside names, then the handlers of the slow path. */
function makeParts(
  { options }: AnswerThreadData,
  client: ClientView,
  counters: Counters<AnswerCounter>,
  log: Log,
  transfers: RemoteTransfers,
): Parts {
  const secret = cryptoRandom();
  const table = new AnswerTable(options.origin, secret.uint32());
  const isLocal = inNetworks(options.recursionAcl);
  const mayRecurse = ({ octets, at, length }: ClientView) => isLocal(octets, at, length);
  const settings = { ...options, ...options.edns };
  const random = seededRandom(secret.uint32());
  const answering = { settings, client, random, counters, mayRecurse };
  const locality = makeLocality(options.locality, client, secret.uint32());
  const zone = zoneAnswers({ table, locality, clock: systemClock(), ...answering }, options);
  const reverse = new ReverseAnswers(options.reverseZones, answering, secret.uint32());
  const tableFor = ({ isOfPlaces, reverseZone }: StepMessage) =>
    (isOfPlaces && locality?.places) || (reverse.tableOf(reverseZone) ?? table);
  const world = { clock: systemClock(), random: secret, log, counters };
  const forwarder =
    options.forward && makeForwarder(options.forward, { mayRecurse, view: client }, world);
  const own = firstOf(
    zoneHandler(options.origin, zone, client),
    ...reverse.zones.map(({ origin, answers }) => zoneHandler(origin, answers, client)),
  );
  const handle = inOrder(options, own, forwarder?.handle);
  const nowSeconds = () => Math.floor(Date.now() / 1000);
  const signed = signedHandler(handle, options.tsigKeys, nowSeconds, counters, log);
  // The control thread checks and signs transfers itself: who may have one depends on the key.
  const all = options.isTransferOn ? firstOf(transfers.handle, signed) : signed;
  const slow = withCookieQueries(slowPath(all, counters, log), options.edns, systemClock());
  const ready = readyAnswers(zone, reverse, forwarder);
  const limits = { client, clock: systemClock(), seed: secret.uint32(), counters };
  const zones = [options.origin, ...options.reverseZones];
  const viewed = restrictViews(ready, options.views, zones, client, counters);
  const limited = limitResponses(viewed, options.rateLimit, limits);
  const answerInto = allowNetworks(limited, options.queryAcl, client, counters);
  const logged = withQueryLog(options.queryLog, { answerInto, slow }, client, { ...world, random });
  return { tableFor, zone, reverse, forwarder, transfers, ...logged };
}

/**
 * Who is asked when the hot path has passed. The zone and the forwarder write OPT records
 * themselves.
 */
function inOrder(
  { edns, versionText }: AnswerThreadData['options'],
  own: Handler,
  forward: Handler | undefined,
): Handler {
  const withOptions = (handler: Handler) => withOwnOptions(handler, edns, systemClock());
  return firstOf(
    withOptions(opcodeHandler),
    withOptions(chaosHandler(versionText)),
    own,
    ...(forward ? [forward] : []),
    withOptions(refuseHandler),
  );
}

async function startServer(
  { options }: AnswerThreadData,
  { answerInto, slow, transfers }: Parts,
  counters: Counters<AnswerCounter>,
  client: ClientView,
  log: Log,
): Promise<DnsServer> {
  // Whether there is FFI was said once already, by the control thread.
  const systemCalls = await loadSystemCalls(() => {});
  systemCalls?.takeTurns(TURN_US);
  return makeServer({
    answering: {
      answerInto,
      client,
      slow,
      ...(options.isTransferOn && { transfer: transfers.transfer }),
      udpPayloadMax: options.edns.udpPayloadMax,
      counters,
      clock: systemClock(),
      log,
    },
    limits: options.tcp,
    certificate: options.certificate,
    systemCalls,
    ...(options.udpMode !== 'auto' && { udp: options.udpMode }),
  });
}
