import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Config } from '../config/index.ts';
import { type Clock, type Log, sleep } from '../runtime/index.ts';
import type { Certificate } from '../server/index.ts';
import { tlsCertificate } from './options.ts';

/** How often the files are looked at; who renews certificates does so days before they end. */
const LOOK_EVERY_MS = 10_000;

/** Who shows the certificate to clients. */
interface Shown {
  renewCertificate(certificate: Certificate): void;
}

/**
 * Reads the files of the certificate of DNS over TLS again and again, and shows a new one from then
 * on. One that cannot be used, or whose key is not written yet, is logged once and the old one kept.
 */
export function watchCertificate(
  config: Config,
  shown: Shown,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): { close(): Promise<void> } {
  const first = tlsCertificate(config);
  if (!first) return { close: () => Promise.resolve() };
  const ending = new AbortController();
  let last = first;
  let faulty = '';
  const look = async () => {
    try {
      const found = await readPair(config);
      if (found.certificate === last.certificate && found.key === last.key) return;
      createSecureContext({ cert: found.certificate, key: found.key });
      last = found;
      shown.renewCertificate(found);
      log.info('The certificate of DNS over TLS is a new one', { file: config.tlsCertFile });
      faulty = '';
    } catch (error) {
      const reason = String(error);
      if (reason !== faulty) log.warn('Cannot use the certificate of DNS over TLS', { reason });
      faulty = reason;
    }
  };
  const run = async () => {
    for (;;) {
      await sleep(clock, LOOK_EVERY_MS, ending.signal);
      if (ending.signal.aborted) return;
      await look();
    }
  };
  const ended = run();
  return {
    close: async () => {
      ending.abort();
      await ended;
    },
  };
}

async function readPair({ tlsCertFile, tlsKeyFile }: Config): Promise<Certificate> {
  const [certificate, key] = await Promise.all([
    readFile(tlsCertFile, 'utf8'),
    readFile(tlsKeyFile, 'utf8'),
  ]);
  return { certificate, key };
}
