import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { vaeSweep } from './command.js';

const PAGE = path.join(fileURLToPath(new URL('../../../', import.meta.url)), 'docs', 'commands.md');

const HEAD = `# Commands

What \`--help\` says, kept by a test; \`VAE_SWEEP_UPDATE_DOCS=1 node --test dist/test/cli/help.test.js\` writes this page anew. [outputs.md](outputs.md) and [tutorial.md](tutorial.md) show what they print.

Exit codes: 0 all is well; 1 tasks failed, are corrupt or differ; 2 a mistake in the command or a file; 3 the store or the port is in use; 130 stopped, with checkpoints.

Completion of commands and options by Tab: \`vae-sweep completion >> ~/.bashrc\`, or \`~/.zshrc\`.
`;

test('the page of commands has what each says of itself', () => {
  const whole = help();
  const [commands = ''] = whole.split('\nOptions:');
  const names = [...commands.matchAll(/^ {2}vae-sweep ([a-z]+)/gm)].map(([, name = '']) => name);
  assert.ok(names.length > 12, whole);
  const sections = names
    .filter((name) => name !== 'completion')
    .map((name) => `## ${name}\n\n\`\`\`\n${help(name)}\n\`\`\`\n`);
  const page = [HEAD, `\`\`\`\n${whole}\n\`\`\`\n`, ...sections].join('\n');
  if (process.env['VAE_SWEEP_UPDATE_DOCS'] === '1') writeFileSync(PAGE, page);
  assert.equal(readFileSync(PAGE, 'utf8'), page);
});

function help(...command: readonly string[]): string {
  const { status, stdout, stderr } = vaeSweep(...command, '--help');
  assert.equal(status, 0, stderr);
  return stdout.trimEnd();
}
