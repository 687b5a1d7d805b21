import { type Config, localityOptions } from '../config/index.ts';
import type { ClusterUpdate } from '../mesos/index.ts';
import { PlaceBook, placeRules } from '../records/index.ts';
import { type DeltaStep, placeSteps } from '../zone/index.ts';
import type { LocalityThreadOptions, StepMessage } from './answer-messages.ts';

/** Where agents, tasks and networks are, told to the answer threads as the cluster changes. */
export class PlacePublisher {
  /** How the threads prefer what is near. */
  readonly thread: LocalityThreadOptions;
  readonly #book: PlaceBook;
  readonly #publish: (steps: Iterable<DeltaStep>) => void;

  /** `publish` is where each difference goes. */
  constructor(config: Config, publish: (steps: Iterable<DeltaStep>) => void) {
    const options = localityOptions(config);
    const book = new PlaceBook(placeRules(options));
    this.#book = book;
    this.#publish = publish;
    this.thread = {
      isFilter: config.locality === 'filter',
      networks: options.networks.map(({ network: range, region, zone }) => {
        return { network: range, place: book.numbered({ agent: '', region, zone }) };
      }),
      forwarders: config.localityForwarders,
    };
  }

  /** Everything, for a thread that knows nothing yet. */
  steps(): Iterable<DeltaStep> {
    return placeSteps(this.#book.all());
  }

  update(update: ClusterUpdate): void {
    this.#publish(placeSteps(this.#book.update(update)));
  }
}

/** Makes it; undefined where nobody's place matters. */
export function placePublisher(
  config: Config,
  publish: (steps: Iterable<DeltaStep>) => void,
): PlacePublisher | undefined {
  return config.locality === 'off' ? undefined : new PlacePublisher(config, publish);
}

/** The message that brings a step of the table of places. */
export function placesMessage(step: DeltaStep): StepMessage {
  return { kind: 'step', step, isOfPlaces: true };
}
