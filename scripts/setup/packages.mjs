import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, timed } from './report.mjs';
import { outputOf, runNpm } from './tools.mjs';

/** Installs the locked npm packages, development ones too, since the build needs TypeScript. */
export function packagesStep(root) {
  return {
    isDone: () => installedPackagesMatch(root),
    perform: () =>
      timed('npm packages: installing', () => {
        const result = runNpm(root, ['ci', '--include=dev']);
        if (result.status === 0) return;
        throw new SetupError(
          'npm could not install the packages of package-lock.json (its output is above)',
          'check the network and `npm config get registry`, then run `npm run setup`',
          outputOf(result),
        );
      }),
  };
}

/**
 * npm writes what it installed to node_modules/.package-lock.json as its last act. Packages for other platforms are in the
 * lock file only.
 */
function installedPackagesMatch(root) {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const locked = readPackages(join(root, 'package-lock.json'));
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
