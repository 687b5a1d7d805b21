#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node --max-semi-space-size=4
// A small young generation takes a quarter off the memory and costs no time: what stays of a large
// state is old at once, and answers allocate nothing. Only a flag of the command line can say so.
// Nor does each thread need a heap of its own for what the C library hands out.
//
// The launcher: plain JavaScript, so that a Node.js that is too old can still say so.
import { existsSync } from 'node:fs';

const WANTED = 24;
const found = process.versions.node;

if (Number(found.split('.')[0]) < WANTED) {
  process.stderr.write(`mesonym needs Node.js ${WANTED} or newer, this is ${found}\n`);
  process.exitCode = 1;
} else {
  // The source runs as it stands; the published package holds the compiled file.
  const main = new URL('./main.ts', import.meta.url);
  void import(existsSync(main) ? main.href : './main.js');
}
