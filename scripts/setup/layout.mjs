import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns whether this is a clone with sources to compile, rather than a compiled package that npm installed. */
export function isClone(root) {
  return existsSync(join(root, 'tsconfig.json'));
}

/** Returns the folder of a package that modules in `folder` would load. npm often installs dependencies next to a package. */
export function packageFolder(folder, name) {
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    const found = join(at, 'node_modules', name);
    if (existsSync(found)) return found;
  }
  return join(folder, 'node_modules', name);
}

/** The folder from which tfjs-node is loaded. In an installed package, the set-up installs tfjs-node into it. A clone already has it. */
export function tensorflowFolder(root) {
  return join(root, 'tfjs');
}
