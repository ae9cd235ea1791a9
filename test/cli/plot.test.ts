import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import yargs from 'yargs';
import '../../src/experiments/index.js';
import { plotCommand } from '../../src/cli/plot.js';
import { installedVersions } from '../../src/task/registry.js';
import { loadSweep } from '../../src/sweep/load.js';
import { isTraining } from '../../src/experiments/vae/settings/task.js';
import { writeFinishedRun } from '../report/finished-run.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const SWEEP = `
name: mine
experiment: sphere
table: table3
grid: { dimensions: [[2, 16, 8]], seed: [69, 24] }
settings: { steps: 10 }
`;

let folder: string;
let file: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-plot-'));
  file = path.join(folder, 'mine.yaml');
  out = path.join(folder, 'out');
  writeFileSync(file, SWEEP);
  const [first] = loadSweep(file, { versions: installedVersions() }).tasks;
  assert.ok(first !== undefined && isTraining(first));
  writeFinishedRun(out, first, {
    evaluations: [
      { step: 0, loss: 2, kl: 1 },
      { step: 10, loss: 1, kl: 0.5 },
    ],
    generated: [[1], [0.5]],
  });
});

function plot(...options: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [MAIN, 'plot', file, '--out', out, ...options],
    { encoding: 'utf8' },
  );
  return { stdout, stderr, status };
}

describe('vae-sweep plot', () => {
  test("draws all figures of a sweep into its folder's figures/, and prints their paths", () => {
    const figures = path.join(out, 'sweeps', 'mine', 'figures');
    const { stdout, status } = plot();
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      path.join(figures, 'figure-1a.svg'),
      path.join(figures, 'figure-1a.png'),
      path.join(figures, 'figure-3.svg'),
      path.join(figures, 'figure-3.png'),
    ]);
    assert.equal(status, 0);
  });

  test('draws a requested figure, and one of the requested metrics, into another folder', () => {
    const to = path.join(folder, 'pictures');
    plot('--figure', 'figure-1a', '--metric', 'loss', '--metric', 'kl', '--log', '--to', to);
    assert.deepEqual(
      readdirSync(to).filter((name) => name.endsWith('.png')),
      ['figure-1a.png', 'mine-loss-kl-log.png'],
    );
  });

  test('reports what it leaves out, and fails if nothing remains', () => {
    assert.deepEqual(plot('--metric', 'eigenvalueError'), {
      stdout: '',
      stderr: 'Left out: mine: eigenvalueError: these tasks logged no values for it.\n',
      status: 1,
    });
  });

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'an unknown figure',
      ['--figure', 'figur-3'],
      /^--figure figur-3: unknown figure; did you mean "figure-3"\? Allowed: figure-1a, figure-3$/,
    ],
    [
      'an unknown metric',
      ['--metric', 'los'],
      /^--metric los: unknown metric; did you mean "loss"\? Allowed: loss, reconstruction, kl, .*, manifoldError, /,
    ],
    [
      'a list as a metric',
      ['--metric', 'eigenvalues'],
      /^--metric eigenvalues: unknown metric\. Allowed: loss, /,
    ],
    [
      '--log without a metric',
      ['--log'],
      /^--log has no effect without --metric: pass a metric, for example --metric loss$/,
    ],
    [
      'a seed that no task has',
      ['--seed', '5'],
      /^--seed 5: no task has this seed\. Expected one of 69, 24\.$/,
    ],
  ];
  for (const [name, options, message] of mistakes)
    test(`rejects ${name}`, async () => {
      const parsed = yargs(['plot', file, '--out', out, ...options])
        .command(plotCommand)
        .strict()
        .fail(false)
        .parseAsync();
      await assert.rejects(parsed, { name: 'InputError', message });
    });
});
