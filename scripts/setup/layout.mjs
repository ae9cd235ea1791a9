import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whether this is a clone, which has all to compile; not a package that npm has installed, compiled, with what it depends on. */
export function isClone(root) {
  return existsSync(join(root, 'tsconfig.json'));
}

/** Where Node finds a package that the one in `root` depends on: an installed one's are often beside it. */
export function packageFolder(root, name) {
  for (let at = root; dirname(at) !== at; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(folder)) return folder;
  }
  return join(root, 'node_modules', name);
}
