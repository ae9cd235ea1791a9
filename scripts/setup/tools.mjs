import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { SetupError } from './report.mjs';

/** Runs npm: the one that runs this script, or the one on the PATH. */
export function runNpm(root, args, options = {}) {
  const running = process.env.npm_execpath ?? '';
  const [command, ...first] = basename(running) === 'npm-cli.js' ? [process.execPath, running] : ['npm'];
  return spawnSync(command, [...first, ...args], { cwd: root, encoding: 'utf8', ...options });
}

/** Returns the first of `candidates` (command and first arguments) that succeeds with `--version`, or undefined. */
function findTool(candidates) {
  return candidates.find(([command, ...args]) => spawnSync(command, [...args, '--version']).status === 0);
}

/** Like `findTool`, but throws if there is none. `purpose` and `installCommand` say what is missing and how to install it. */
export function requireTool(candidates, purpose, installCommand) {
  const found = findTool(candidates);
  if (found) return found;
  const tried = candidates.map((candidate) => `\`${candidate.join(' ')}\``).join(', ');
  throw new SetupError(
    `${purpose} was not found (tried ${tried})`,
    `\`${installCommand}\`, then \`npm run setup\``,
  );
}

/** Returns the output of a finished child process, or the reason why it could not be started. */
export function outputOf(result) {
  return [result.stdout, result.stderr, result.error?.message].filter(Boolean).join('\n').trim();
}
