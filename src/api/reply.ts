import type { Octets } from '../dns/index.ts';

/** What a route answers with; how it travels is the server's business. */
export type Reply =
  | { readonly kind: 'json'; readonly value: unknown; readonly status: number }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly status: number;
      readonly headers: ReplyHeaders;
    }
  /** A whole body of some other type. */
  | {
      readonly kind: 'body';
      readonly type: string;
      readonly body: string | Octets;
      readonly headers: ReplyHeaders;
    }
  /** A long JSON body, made piece by piece as the client takes it. */
  | { readonly kind: 'pieces'; readonly pieces: Iterable<string> }
  /** Server-sent events: `start` is called once with the open stream. */
  | { readonly kind: 'events'; readonly start: (stream: EventStream) => void };

/** Headers beside those that every reply has. */
export type ReplyHeaders = Readonly<Record<string, string>>;

/** An open stream of server-sent events (WHATWG HTML, section 9.2). */
export interface EventStream {
  /** Sends whole events, each ending in an empty line. */
  send(text: string): void;
  /** Octets sent but not yet taken by the client. */
  unsentOctets(): number;
  /** Cuts the connection. */
  cut(): void;
  /** Ends the stream in good order. */
  end(): void;
  /** Calls `listener` once when the connection is gone. */
  onGone(listener: () => void): void;
}

/** A JSON value with status 200. */
export function json(value: unknown, status = 200): Reply {
  return { kind: 'json', value, status };
}

/** A line of plain text, as all errors are. */
export function text(status: number, line: string, headers: ReplyHeaders = {}): Reply {
  return { kind: 'text', status, text: `${line}\n`, headers };
}

/** As Mesos-DNS writes it: with line breaks, every level one blank further in. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}
