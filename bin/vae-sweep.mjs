#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** In a fresh clone the first command does the set-up. */
const main = new URL('../dist/src/cli/main.js', import.meta.url);
const tensorflow = new URL('../node_modules/@tensorflow/tfjs-node/deps/vae-sweep.json', import.meta.url);
if (!existsSync(main) || !existsSync(tensorflow)) {
  process.stderr.write('vae-sweep is not set up yet: doing it now.\n');
  const setup = fileURLToPath(new URL('../scripts/setup.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [setup], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
await import(main);
