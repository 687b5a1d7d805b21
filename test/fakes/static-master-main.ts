import { readFileSync } from 'node:fs';
import { startStaticMaster } from './static-master.ts';

// For tests that need the master in another process: `static-master-main.ts STATE_FILE PORT [HOST]`.
const [, , file, port, host] = process.argv;
const master = await startStaticMaster(readFileSync(file), Number(port), host);
process.stdout.write(`master on ${master.port}\n`);
