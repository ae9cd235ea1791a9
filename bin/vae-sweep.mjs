#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageFolder, tensorflowFolder } from '../scripts/setup/layout.mjs';

/** In a fresh clone, or after an installation by npm, the first command does the set-up. */
const root = fileURLToPath(new URL('..', import.meta.url));
const main = new URL('../dist/src/cli/main.js', import.meta.url);
const tfjsNode = packageFolder(tensorflowFolder(root), '@tensorflow/tfjs-node');
const tensorflow = join(tfjsNode, 'deps', 'vae-sweep.json');
if (!existsSync(main) || !existsSync(tensorflow)) {
  process.stderr.write('vae-sweep is not set up yet: doing it now.\n');
  const setup = fileURLToPath(new URL('../scripts/setup.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [setup], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
await import(main);
