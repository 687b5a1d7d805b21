import { request } from 'node:http';
import { readRecords } from './mesos-recordings.ts';

/** An open event stream of a master. */
export interface Subscriber {
  readonly status: number;
  /** All octets so far, without the chunks they came in. */
  readonly octets: () => Buffer;
  readonly events: () => readonly MesosEvent[];
  /** Resolves when an event of this type, or so many of them, have come. */
  until(type: string, count?: number): Promise<void>;
  /** Resolves when the stream has ended, in whatever way. */
  readonly ended: Promise<void>;
  close(): void;
}

/** An event, as far as tests look into it. */
export interface MesosEvent {
  readonly type: string;
  readonly subscribed?: {
    readonly heartbeat_interval_seconds: number;
    readonly get_state: { readonly get_tasks: { readonly tasks: readonly unknown[] } };
  };
  readonly task_added?: {
    readonly task: { readonly name: string; readonly state: string; readonly statuses?: unknown };
  };
  readonly task_updated?: {
    readonly state: string;
    readonly status: { readonly container_status?: unknown };
  };
}

/** Subscribes to the events of the master at `address`. */
export function subscribe(address: string): Promise<Subscriber> {
  const [host, port] = address.split(':');
  const headers = { 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, method: 'POST', path: '/api/v1', headers });
    asked.on('error', reject);
    asked.on('response', response => {
      const chunks: Buffer[] = [];
      let wake = () => {};
      let isEnded = false;
      const ended = new Promise<void>(done => {
        response.on('close', () => {
          isEnded = true;
          done();
          wake();
        });
      });
      response.on('error', () => {});
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        wake();
      });
      const events = () => readRecords(Buffer.concat(chunks));
      const until = async (type: string, count = 1) => {
        while (events().filter(event => event.type === type).length < count) {
          if (isEnded) throw new Error(`The stream ended before ${count} ${type}`);
          await new Promise<void>(next => {
            wake = next;
          });
        }
      };
      resolve({
        status: response.statusCode ?? 0,
        octets: () => Buffer.concat(chunks),
        events,
        until,
        ended,
        close: () => asked.destroy(),
      });
    });
    asked.end('{"type":"SUBSCRIBE"}');
  });
}
