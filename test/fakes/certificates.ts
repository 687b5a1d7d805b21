import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../paths.ts';

const pemPath = (name: string) => join(PROJECT, 'test/fixtures/tls', `${name}.pem`);
const pem = (name: string) => readFileSync(pemPath(name), 'utf8');

/** The authority that signed all others. */
export const AUTHORITY = { path: pemPath('ca'), text: pem('ca') };
/** For the address 127.0.0.1. */
export const BY_ADDRESS = pairOf('master-by-address');
/** For the name m1.test. */
export const BY_NAME = pairOf('master');

function pairOf(name: string) {
  return {
    certificate: pem(name),
    key: pem(`${name}-key`),
    certificatePath: pemPath(name),
    keyPath: pemPath(`${name}-key`),
  };
}
