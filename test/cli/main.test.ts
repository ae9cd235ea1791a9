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

describe('an invalid command line prints one line and exits with 2:', () => {
  const mistakes: readonly (readonly [string, readonly string[], string])[] = [
    [
      'no command',
      [],
      'Missing command. Example: vae-sweep run sweeps/quickstart.yaml. See vae-sweep --help',
    ],
    [
      'a misspelled command',
      ['rn', SWEEP],
      'Unknown command: rn. Did you mean vae-sweep run? See vae-sweep --help',
    ],
    ['an unknown command', ['zzz'], 'Unknown command: zzz. See vae-sweep --help'],
    [
      'no sweep file after an option',
      ['--out', 'elsewhere', 'run'],
      'Missing sweep file. Example: vae-sweep run sweeps/quickstart.yaml. See vae-sweep run --help',
    ],
    ['no sweep file', ['run'], 'Missing sweep file. Example: vae-sweep run sweeps/quickstart.yaml.'],
    [
      'one sweep file instead of two',
      ['compare', SWEEP],
      'Missing second sweep file. Example: vae-sweep compare sweeps/mine.yaml sweeps/table1-linear.yaml.',
    ],
    ['a second sweep file', ['run', SWEEP, 'other.yaml'], 'Unexpected argument: other.yaml.'],
    ['an option without a value', ['run', SWEEP, '--workers'], '--workers needs a value.'],
    ['a missing option', ['worker'], 'Missing option: --queue.'],
    [
      'a misspelled option',
      ['run', SWEEP, '--worker=2'],
      'Unknown option: --worker. Did you mean --workers?',
    ],
    ['an unknown option', ['run', SWEEP, '--zzz'], 'Unknown option: --zzz.'],
    ['an option of other commands', ['plot', SWEEP, '--workers', '2'], 'Unknown option: --workers.'],
    [
      'an option that has no effect with a queue',
      ['run', SWEEP, '--queue', 'redis://host:6379', '--stall-after', '9'],
      '--stall-after has no effect with --queue: leave it out.',
    ],
    [
      'an isolation with a queue',
      ['run', SWEEP, '--queue', 'redis://host:6379', '--isolation', 'thread'],
      '--isolation has no effect with --queue: leave it out.',
    ],
    [
      'no workers',
      ['run', SWEEP, '--workers', '0'],
      '--workers: expected a whole number from 1 to 1024, got 0.',
    ],
    [
      'half a retry',
      ['run', SWEEP, '--retries', '0.5'],
      '--retries: expected a whole number from 0 to 100, got 0.5.',
    ],
    [
      'an unknown log level',
      ['run', SWEEP, '--log-level', 'loud'],
      '--log-level: expected one of "error", "warn", "info", "debug", got "loud".',
    ],
  ];
  for (const [name, args, message] of mistakes) {
    test(name, () => {
      const { status, stdout, stderr } = vaeSweep(...args);
      const expected = message.endsWith('--help')
        ? message
        : `${message} See vae-sweep ${args[0] ?? ''} --help`;
      assert.deepEqual([stderr, stdout, status], [`vae-sweep: ${expected}\n`, '', 2]);
    });
  }
});

test('Tab completes commands and options', () => {
  const completions = (...words: readonly string[]): string[] =>
    vaeSweep('--get-yargs-completions', 'vae-sweep', ...words).stdout.split('\n');
  assert.ok(completions('r').includes('run'));
  assert.ok(completions('run', '--').includes('--max-time'));
  assert.match(vaeSweep('completion').stdout, /_vae-sweep_yargs_completions/);
});

test('an out folder that is a file prints one line, with a stack trace only with --debug, and exits with 1', () => {
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

test('a store in use exits with 3', async () => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-main-'));
  const lock = await acquireStoreLock(outDir);
  const { status, stderr } = vaeSweep('run', SWEEP, '--out', outDir);
  await lock.release();
  assert.equal(status, 3);
  assert.match(stderr, new RegExp(`^vae-sweep: ${outDir} is in use by process ${process.pid} on .*\n$`));
});
