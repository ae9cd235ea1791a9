#!/usr/bin/env node
/**
 * Makes a clone ready to run: npm packages, native TensorFlow, compiled TypeScript, the `vae-sweep` command. Where npm has installed the
 * package, only TensorFlow is missing.
 * Does only what is missing, so it runs before every `npm start` and `npm test`. Plain Node, since nothing is installed yet.
 */
import { fileURLToPath } from 'node:url';
import { buildStep } from './setup/build.mjs';
import { commandStep } from './setup/command.mjs';
import { isClone } from './setup/layout.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { packagesStep } from './setup/packages.mjs';
import { say, SetupError } from './setup/report.mjs';
import { tensorflowStep } from './setup/tensorflow.mjs';

const OLDEST_NODE = [20, 19];

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  requireNode();
  await setUp(
    isClone(root)
      ? [packagesStep(root), tensorflowStep(root), buildStep(root), commandStep(root)]
      : [tensorflowStep(root)],
  );
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(
    `${error.detail ? `${error.detail}\n` : ''}Set-up failed: ${error.message}\nTo mend it: ${remedyOf(error)}`,
  );
  process.exitCode = 1;
}

/** A step is `{ isDone(), perform() }`; each is asked again under the lock, since another set-up may have done it. */
async function setUp(steps) {
  if (steps.every((step) => step.isDone())) return;
  await withSetupLock(async () => {
    for (const step of steps) {
      if (!step.isDone()) await step.perform();
    }
  });
}

/** Where npm has installed the package there is no script of this name. */
function remedyOf({ remedy }) {
  return isClone(root) ? remedy : remedy.replaceAll('npm run setup', 'npx vae-sweep setup');
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old; ${OLDEST_NODE.join('.')} or later is needed`,
    'install Node 20, 22 or 24 (https://nodejs.org/en/download, or `nvm install 22`), then run the command again',
  );
}
