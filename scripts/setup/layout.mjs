import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns whether this is a clone with sources to compile, rather than a compiled package that npm installed. */
export function isClone(root) {
  return existsSync(join(root, 'tsconfig.json'));
}

/** Returns the folder of a dependency of the package in `root`. npm often installs dependencies next to a package. */
export function packageFolder(root, name) {
  for (let at = root; dirname(at) !== at; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(folder)) return folder;
  }
  return join(root, 'node_modules', name);
}
