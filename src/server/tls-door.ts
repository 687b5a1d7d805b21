import type { Socket } from 'node:net';
import {
  createSecureContext,
  type SecureContext,
  TLSSocket,
  type TLSSocketOptions,
} from 'node:tls';
import type { ConnectionContext } from './connection-context.ts';
import { encrypted } from './encrypted.ts';
import { Scratch } from './tcp-writer.ts';

/** What clients of a TLS listener are shown, and what proves it; PEM texts. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** As of `tcp.ts`: a stream that is full tells when it no longer is. */
const HIGH_WATER_OCTETS = 512;
/**
 * What waits for a client stands in memory twice, as it is and encrypted: so much less of it. A write
 * is half of that.
 */
const MOST_UNSENT_OCTETS = 16_384;

/**
 * DNS over TLS (RFC 7858): makes encrypted streams of TCP sockets. What goes through them is answered
 * by the code for TCP and within its limits. A handshake has as long as a connection may be silent,
 * since nothing is read before its end.
 */
export class TlsDoor {
  /** What connections by TLS share: counted apart from TCP, padded where the client pads. */
  readonly context: ConnectionContext;
  #secureContext: SecureContext;

  /** @throws When the certificate cannot be read, or does not fit its key. */
  constructor(plain: ConnectionContext, certificate: Certificate) {
    this.#secureContext = secureContext(certificate);
    const answering = encrypted(plain.answering, 'tls');
    const unsentOctets = Math.min(plain.limits.unsentOctets, MOST_UNSENT_OCTETS);
    const limits = { ...plain.limits, unsentOctets };
    this.context = { ...plain, answering, limits, scratch: new CopiedScratch(limits) };
  }

  /** The certificate of handshakes from now on. Throws as the constructor does, and keeps the old. */
  renew(certificate: Certificate): void {
    this.#secureContext = secureContext(certificate);
  }

  /** The stream inside a socket just accepted. It ends with an error when the handshake fails. */
  secure(socket: Socket): TLSSocket {
    const options: TLSSocketOptions & { readonly highWaterMark: number } = {
      isServer: true,
      secureContext: this.#secureContext,
      ALPNProtocols: ['dot'],
      highWaterMark: HIGH_WATER_OCTETS,
    };
    const stream = new TLSSocket(socket, options);
    const { values, slot } = this.context.answering.counters;
    let isSecure = false;
    stream.once('secure', () => {
      isSecure = true;
      values[slot.tls_handshakes]++;
    });
    stream.once('close', () => {
      if (!isSecure) values[slot.tls_handshakes_failed]++;
    });
    return stream;
  }
}

function secureContext({ certificate, key }: Certificate): SecureContext {
  return createSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' });
}

/** TLS takes what it is given in its own time: each write carries its octets itself. */
class CopiedScratch extends Scratch {
  override writeTo(socket: Socket, octets: number): void {
    socket.write(Buffer.from(this.buffer.subarray(0, octets)));
  }
}
