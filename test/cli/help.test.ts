import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import '../../src/experiments/index.js';
import { COMMAND_NAMES } from '../../src/cli/commands.js';
import { vaeSweep } from './command.js';

const PAGE = path.join(fileURLToPath(new URL('../../../', import.meta.url)), 'docs', 'commands.md');

const HEAD = `# Commands

This page shows the output of \`--help\`. A test keeps it current: \`VAE_SWEEP_UPDATE_DOCS=1 node --test dist/test/cli/help.test.js\` writes it. [outputs.md](outputs.md) and [tutorial.md](tutorial.md) show what they print.

Exit codes: 0 success; 1 tasks failed, are corrupt or differ; 2 a mistake in the command or a file; 3 the store or the port is in use; 130 stopped, with checkpoints.

To complete commands and options with Tab, run \`vae-sweep completion >> ~/.bashrc\`, or append to \`~/.zshrc\`.
`;

test('docs/commands.md shows the help of every command', () => {
  const sections = COMMAND_NAMES.filter((name) => name !== 'completion').map(
    (name) => `## ${name}\n\n\`\`\`\n${help(name)}\n\`\`\`\n`,
  );
  const page = [HEAD, `\`\`\`\n${help()}\n\`\`\`\n`, ...sections].join('\n');
  if (process.env['VAE_SWEEP_UPDATE_DOCS'] === '1') writeFileSync(PAGE, page);
  assert.equal(readFileSync(PAGE, 'utf8'), page);
});

function help(...command: readonly string[]): string {
  const { status, stdout, stderr } = vaeSweep(...command, '--help');
  assert.equal(status, 0, stderr);
  return stdout.trimEnd();
}
