import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Octets } from '../dns/index.ts';
import { type EventStream, jsonText, type Reply, type ReplyHeaders } from './reply.ts';

const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain; charset=utf-8';
/** Long bodies leave in pieces of about so many characters. */
const PIECE_CHARACTERS = 2 ** 16;

/**
 * Writes a reply as far as the client takes it. Resolves when all is handed over or the client is
 * gone.
 */
export async function sendReply(response: ServerResponse, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case 'json':
      return sendWhole(response, reply.status, JSON_TYPE, jsonText(reply.value));
    case 'text':
      return sendWhole(response, reply.status, TEXT_TYPE, reply.text, reply.headers);
    case 'body':
      return sendWhole(response, 200, reply.type, reply.body, reply.headers);
    case 'pieces':
      response.setHeader('Content-Type', JSON_TYPE);
      return sendPieces(response, reply.pieces);
    case 'events':
      return sendEvents(response, reply.start);
    default:
      return reply satisfies never;
  }
}

function sendWhole(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Octets,
  headers: ReplyHeaders = {},
): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** Lets other work in between two pieces: the zone goes on changing while a client reads it. */
async function sendPieces(response: ServerResponse, pieces: Iterable<string>): Promise<void> {
  let gathered = '';
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < PIECE_CHARACTERS) continue;
    if (response.destroyed) return;
    const isTaken = response.write(gathered);
    gathered = '';
    await (isTaken ? nextTurn() : drained(response));
  }
  response.end(gathered);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}

function sendEvents(response: ServerResponse, start: (stream: EventStream) => void): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // Keeps nginx from gathering events.
    'X-Accel-Buffering': 'no',
  });
  // A quiet zone is no reason to close; heartbeats tell whether the client is there.
  response.socket?.setTimeout(0);
  start({
    send: text => void response.write(text),
    unsentOctets: () => response.writableLength,
    cut: () => response.destroy(),
    end: () => response.end(),
    onGone: listener => response.once('close', listener),
  });
}
