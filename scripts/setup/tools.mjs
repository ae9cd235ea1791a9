import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { SetupError } from './report.mjs';

/** Runs npm: the one that runs this script if any, else the one on the PATH. */
export function runNpm(root, args, options = {}) {
  const running = process.env.npm_execpath ?? '';
  const [command, ...first] = basename(running) === 'npm-cli.js' ? [process.execPath, running] : ['npm'];
  return spawnSync(command, [...first, ...args], { cwd: root, encoding: 'utf8', ...options });
}

/** The first of `candidates` (command and first arguments) that answers `--version`, or undefined. */
export function findTool(candidates) {
  return candidates.find(([command, ...args]) => spawnSync(command, [...args, '--version']).status === 0);
}

/** As `findTool`; `purpose` and `installCommand` tell what is missing and how to get it. */
export function requireTool(candidates, purpose, installCommand) {
  const found = findTool(candidates);
  if (found) return found;
  const tried = candidates.map((candidate) => `\`${candidate.join(' ')}\``).join(', ');
  throw new SetupError(
    `${purpose} was not found (tried ${tried})`,
    `\`${installCommand}\`, then \`npm run setup\``,
  );
}

/** What a finished child process printed, or why it could not be started. */
export function outputOf(result) {
  return [result.stdout, result.stderr, result.error?.message].filter(Boolean).join('\n').trim();
}
