import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { acquireStoreLock } from '../../src/store/lock.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const SWEEP = fileURLToPath(new URL('../../../sweeps/quickstart.yaml', import.meta.url));

function vaeSweep(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
}

describe('a mistake on the command line is one line and exit code 2:', () => {
  const mistakes: readonly (readonly [string, readonly string[], string])[] = [
    ['no command', [], 'Name a command, for example vae-sweep run sweeps/quickstart.yaml'],
    ['a misspelt command', ['rnu', SWEEP], 'Did you mean run?'],
    ['no sweep file', ['run'], 'Not enough non-option arguments: got 0, need at least 1'],
    ['an unknown option', ['run', SWEEP, '--nope'], 'Unknown argument: nope'],
    [
      'no workers',
      ['run', SWEEP, '--workers', '0'],
      '--workers: expected a whole number from 1 to 1024, got 0',
    ],
    [
      'half a retry',
      ['run', SWEEP, '--retries', '0.5'],
      '--retries: expected a whole number from 0 to 100, got 0.5',
    ],
    [
      'an unknown log level',
      ['run', SWEEP, '--log-level', 'loud'],
      'Invalid values: Argument: log-level, Given: "loud", Choices: "error", "warn", "info", "debug"',
    ],
  ];
  for (const [name, args, message] of mistakes) {
    test(name, () => {
      const { status, stdout, stderr } = vaeSweep(...args);
      assert.deepEqual([stderr, stdout, status], [`vae-sweep: ${message} (see vae-sweep --help)\n`, '', 2]);
    });
  }
});

test('an out folder that is a file is one line and exit code 1, and a stack trace only with --debug', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-main-')), 'file');
  writeFileSync(file, '');
  const { status, stderr } = vaeSweep('run', SWEEP, '--out', file);
  assert.equal(
    stderr,
    `vae-sweep: can't create the folder ${file} (ENOTDIR): a file is in the way; choose another folder with --out\n`,
  );
  assert.equal(status, 1);
  assert.match(vaeSweep('run', SWEEP, '--out', file, '--debug').stderr, /\n {4}at makeFolder /);
});

test('a store in use is exit code 3', async () => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-main-'));
  const lock = await acquireStoreLock(outDir);
  const { status, stderr } = vaeSweep('run', SWEEP, '--out', outDir);
  await lock.release();
  assert.equal(status, 3);
  assert.match(stderr, new RegExp(`^vae-sweep: ${outDir} is in use by process ${process.pid} on .*\n$`));
});
