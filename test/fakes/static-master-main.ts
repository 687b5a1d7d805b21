import { readFileSync } from 'node:fs';
import { startStaticMaster } from './static-master.ts';

// For tests that need the master in another process: `static-master-main.ts STATE_FILE PORT`.
const [, , file, port] = process.argv;
const master = await startStaticMaster(readFileSync(file), Number(port));
process.stdout.write(`master on ${master.port}\n`);
