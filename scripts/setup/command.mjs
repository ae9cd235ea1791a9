import { mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { timed } from './report.mjs';

const TARGET = '../../bin/vae-sweep.mjs';

/** Links the project's command so that `npx vae-sweep` finds it. npm links only the commands of dependencies. */
export function commandStep(root) {
  const link = join(root, 'node_modules', '.bin', 'vae-sweep');
  return {
    isDone: () => linkTarget(link) === TARGET,
    perform: () =>
      timed('Command: linking `npx vae-sweep`', () => {
        mkdirSync(dirname(link), { recursive: true });
        rmSync(link, { force: true });
        symlinkSync(TARGET, link);
      }),
  };
}

function linkTarget(link) {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
