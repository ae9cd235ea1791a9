#!/usr/bin/env node
/**
 * Prepares a clone: installs npm packages and native TensorFlow, compiles TypeScript, and links the `vae-sweep` command. If npm installed
 * the package, only tfjs-node and TensorFlow are missing. Finished steps are skipped, so that `npm start` and `npm test` can run this script every time.
 * It uses only Node's own modules, because no packages are installed yet.
 */
import { fileURLToPath } from 'node:url';
import { buildStep } from './setup/build.mjs';
import { commandStep } from './setup/command.mjs';
import { isClone, tensorflowFolder } from './setup/layout.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { packagesStep, tfjsNodeStep } from './setup/packages.mjs';
import { requirePlatform } from './setup/platform.mjs';
import { say, SetupError } from './setup/report.mjs';
import { tensorflowStep } from './setup/tensorflow.mjs';

const OLDEST_NODE = [20, 19];

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  requireNode();
  requirePlatform();
  await setUp(
    isClone(root)
      ? [packagesStep(root), tensorflowStep(root), buildStep(root), commandStep(root)]
      : [tfjsNodeStep(tensorflowFolder(root)), tensorflowStep(root)],
  );
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(`${error.detail ? `${error.detail}\n` : ''}Setup failed: ${error.message}\nFix: ${remedyOf(error)}`);
  process.exitCode = 1;
}

/** Performs steps of the form `{ isDone(), perform() }`. Checks each again under the lock, because another setup may have finished it. */
async function setUp(steps) {
  if (steps.every((step) => step.isDone())) return;
  await withSetupLock(async () => {
    for (const step of steps) {
      if (!step.isDone()) await step.perform();
    }
  });
}

/** Returns the remedy with the command that exists here: an installed package has no `npm run setup`. */
function remedyOf({ remedy }) {
  return isClone(root) ? remedy : remedy.replaceAll('npm run setup', 'npx vae-sweep setup');
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old: ${OLDEST_NODE.join('.')} or later is required`,
    'install Node 20, 22, 24 or 26 (https://nodejs.org/en/download, or `nvm install 22`), then run the command again',
  );
}
