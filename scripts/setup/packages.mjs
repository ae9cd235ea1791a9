import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, timed } from './report.mjs';
import { outputOf, runNpm } from './tools.mjs';

/** Installs the locked packages of a clone including development packages, because the build needs TypeScript. */
export function packagesStep(root) {
  return installStep(root, 'npm packages', ['ci', '--include=dev']);
}

/** Installs tfjs-node and its packages, without its install script, which downloads a TensorFlow that is not used. */
export function tfjsNodeStep(folder) {
  return installStep(folder, 'tfjs-node', ['ci', '--ignore-scripts']);
}

/** npm checks the hashes in the lock file of the folder. */
function installStep(folder, what, args) {
  return {
    isDone: () => installedPackagesMatch(folder),
    perform: () =>
      timed(`${what}: installing`, () => {
        const result = runNpm(folder, args);
        if (result.status === 0) return;
        throw new SetupError(
          'npm could not install the packages of package-lock.json (see its output above)',
          'check the network and `npm config get registry`, then run `npm run setup`',
          outputOf(result),
        );
      }),
  };
}

/**
 * Returns whether all locked packages are installed. npm lists installed packages in node_modules/.package-lock.json, which it writes
 * last. Packages for other platforms are missing there.
 */
function installedPackagesMatch(folder) {
  const installed = readPackages(join(folder, 'node_modules', '.package-lock.json'));
  const locked = readPackages(join(folder, 'package-lock.json'));
  if (!installed || !locked) return false;
  const wanted = Object.entries(locked).filter(([path]) => path !== '');
  return (
    wanted.every(([path, { integrity, optional }]) =>
      installed[path] ? installed[path].integrity === integrity : optional,
    ) && Object.keys(installed).every((path) => path in locked)
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
