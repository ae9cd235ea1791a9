import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import '../../src/experiments/index.js';
import { exportSweep } from '../../src/export/export-sweep.js';
import { installedVersions } from '../../src/task/registry.js';
import { readProgress } from '../../src/store/checkpoint.js';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { loadSweep, type Sweep } from '../../src/sweep/load.js';
import { MAIN, vaeSweep } from '../cli/command.js';
import { readExport, type Row } from './read-export.js';
import { trainSweep, type TrainedSweep } from './trained-sweep.js';
import { waitUntil } from '../wait-until.js';

const MIXED = {
  'mixed.yaml': 'sweeps: [sphere.yaml, linear.yaml, identities.yaml, landscape.yaml]\n',
  'sphere.yaml':
    'experiment: sphere\ngrid: { dimensions: [[2, 5, 3]], seed: [1, 2] }\nsettings: { steps: 20, hiddenWidths: [8], evaluateEverySteps: 10 }\n',
  'linear.yaml':
    'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [7] }\nsettings: { steps: 30, evaluateEverySteps: 10, decoderVarianceThreshold: e^-4 }\n',
  'identities.yaml': 'experiment: identities\nsettings: { identity: lemma3, seed: 1, draws: 5 }\n',
  'landscape.yaml':
    'experiment: landscape\nsettings: { dimensions: [5, 3, 4], zeroColumns: 1, seed: 1, decades: 4 }\n',
};

let trained: TrainedSweep;
let sweep: Sweep;

before(() => {
  trained = trainSweep(MIXED);
  sweep = loadSweep(trained.file, { versions: installedVersions() });
});

async function exported(rows: string, format: string, ...options: string[]): Promise<Row[]> {
  const to = path.join(trained.folder, `${rows}.${format}`);
  const { status, stdout, stderr } = vaeSweep(
    ...['export', trained.file, '--out', trained.out, '--force'],
    ...['--rows', rows, '--format', format, '--to', to, ...options],
  );
  assert.deepEqual([status, stdout], [0, `${to}\n`], stderr);
  return readExport(to);
}

/** Reads a task's own log. */
function log(index: number, name: string): Row[] {
  const task = sweep.tasks[index];
  assert.ok(task);
  return tableFromIPC(readFileSync(path.join(taskFolder(trained.out, task), name))).toArray() as Row[];
}

describe('vae-sweep export', () => {
  test('writes the rows of the logs, the same in every format', async () => {
    const expected = [0, 1, 2].flatMap((index) =>
      log(index, TASK_FILES.steps).map((row) => ({
        task: sweep.tasks[index]?.id,
        seed: [1, 2, 7][index],
        step: row['step'],
        loss: row['loss'],
      })),
    );
    assert.equal(expected.length, 70);
    for (const format of ['parquet', 'arrow', 'csv']) {
      const rows = await exported('steps', format);
      assert.deepEqual(
        rows.map(({ task, seed, step, loss }) => ({ task, seed, step, loss })),
        expected,
        format,
      );
    }
  });

  test('adds the settings of the task to each evaluation, including lists and nulls', async () => {
    for (const format of ['parquet', 'arrow']) {
      const rows = await exported('evaluations', format);
      assert.equal(rows.length, 3 + 3 + 4);
      const [sphere, linear] = [rows.at(0), rows.at(9)];
      assert.deepEqual(sphere?.['hiddenWidths'], [8]);
      assert.deepEqual([sphere['eigenvalueError'], sphere['decoderLogVarianceThreshold']], [null, null]);
      assert.deepEqual([linear?.['experiment'], linear?.['decoderLogVarianceThreshold']], ['linear', -4]);
      const last = log(2, TASK_FILES.evaluations).at(-1)?.['encoderVariance'] as Iterable<number>;
      assert.deepEqual(linear?.['encoderVariance'], [...last]);
    }
    const [first] = await exported('evaluations', 'csv');
    assert.equal(first?.['hiddenWidths'], '[8]');
  });

  test('has one row per task with its results', async () => {
    for (const format of ['parquet', 'arrow']) {
      const rows = await exported('tasks', format);
      assert.deepEqual(
        rows.map(({ kind, state, step, holds }) => [kind, state, step, holds]),
        [
          ['train', 'done', 20, null],
          ['train', 'done', 20, null],
          ['train', 'done', 30, null],
          ['identities', 'done', null, true],
          ['landscape', 'done', null, true],
        ],
      );
      assert.equal(rows[2]?.['loss'], log(2, TASK_FILES.evaluations).at(-1)?.['loss']);
      assert.deepEqual([rows[3]?.['draws'], rows[4]?.['outcome']], [5, 'to-minus-infinity']);
    }
  });

  test('has the rows of computations, with the columns of each kind', async () => {
    const rows = await exported('computations', 'parquet');
    assert.deepEqual(
      rows.filter(({ kind }) => kind === 'identities').map(({ draw, slope }) => [draw, slope]),
      [1, 2, 3, 4, 5].map((draw) => [draw, null]),
    );
    assert.equal(rows.length, 5 + log(4, TASK_FILES.rows).length);
  });

  test('reports what it leaves out, and rejects a sweep without such rows', () => {
    const to = ['--force', '--to', path.join(trained.folder, 'output.parquet')];
    const { stderr } = vaeSweep('export', trained.file, '--out', trained.out, '--rows', 'steps', ...to);
    assert.match(stderr, /^70 rows, [\d.]+ kB\nLeft out: 2 tasks that have no steps\n$/);
    const theory = path.join(trained.folder, 'identities.yaml');
    const rejected = vaeSweep('export', theory, '--out', trained.out, '--rows', 'steps');
    assert.equal(rejected.status, 2);
    assert.match(
      rejected.stderr,
      /identities\.yaml has no task that trains: choose other rows with --rows\n$/,
    );
  });

  test("replaces a file only with --force, and writes to the sweep's folder by default", () => {
    const args = ['export', trained.file, '--out', trained.out];
    const file = path.join(trained.out, 'sweeps/mixed/tasks.parquet');
    assert.deepEqual([vaeSweep(...args).stdout, existsSync(file)], [`${file}\n`, true]);
    const again = vaeSweep(...args);
    assert.deepEqual(
      [again.status, again.stderr],
      [2, `vae-sweep: ${file} exists: pass --force to replace it, or choose another with --to\n`],
    );
    assert.equal(vaeSweep(...args, '--force').status, 0);
  });

  test('rejects a folder that cannot be created, and names its own option', () => {
    const to = path.join(trained.file, 'tasks.parquet');
    const { status, stderr } = vaeSweep('export', trained.file, '--out', trained.out, '--to', to);
    assert.equal(status, 1);
    assert.equal(
      stderr,
      `vae-sweep: can't write ${to} (ENOTDIR): free some disk space or make it writable, or choose another file with --to\n`,
    );
  });

  test('leaves no files behind when it is stopped', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-stopped-'));
    const file = path.join(folder, 'steps.parquet');
    const signal = AbortSignal.abort('SIGINT');
    const options = {
      outDir: trained.out,
      format: 'parquet',
      file,
      force: false,
      unfinished: false,
    } as const;
    await assert.rejects(
      exportSweep(sweep, { ...options, rows: 'steps', signal }),
      (error) => error === 'SIGINT',
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  test('names a corrupt task, exports the others, and fails', async () => {
    const broken = trainSweep({ 'linear.yaml': MIXED['linear.yaml'].replace('[7]', '[7, 8]') });
    const [first] = loadSweep(broken.file, { versions: installedVersions() }).tasks;
    assert.ok(first);
    appendFileSync(path.join(taskFolder(broken.out, first), TASK_FILES.steps), 'x');
    const to = path.join(broken.folder, 'steps.arrow');
    const args = [
      'export',
      broken.file,
      '--out',
      broken.out,
      '--rows',
      'steps',
      '--format',
      'arrow',
      '--to',
      to,
    ];
    const { status, stderr } = vaeSweep(...args);
    assert.equal(status, 1);
    assert.match(
      stderr,
      new RegExp(`\nCorrupt: ${first.name}: steps\\.arrow has the wrong size \\(\\d+ instead of `),
    );
    assert.equal((await readExport(to)).length, 30);
  });
});

describe('vae-sweep export of an interrupted run', () => {
  test('includes its rows up to the checkpoint only with --unfinished, each once', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-unfinished-'));
    const file = path.join(folder, 'long.yaml');
    const out = path.join(folder, 'out');
    writeFileSync(
      file,
      'experiment: linear\nsettings: { dimensions: [2, 4, 3], seed: 1, steps: 9000000, evaluateEverySteps: 2000 }\n',
    );
    const [task] = loadSweep(file, { versions: installedVersions() }).tasks;
    assert.ok(task);
    const checkpoint = path.join(taskFolder(out, task), TASK_FILES.checkpoint);
    const run = spawn(process.execPath, [MAIN, 'run', file, '--out', out, '--checkpoint-every', '0.05']);
    const ended = once(run, 'exit');
    const step = () => readProgress(path.dirname(checkpoint)).step ?? 0;
    await waitUntil('a checkpoint is past step 6,000', () => step() >= 6_000 || run.exitCode !== null);
    const live = vaeSweep(
      'export',
      file,
      '--out',
      out,
      '--unfinished',
      '--to',
      path.join(folder, 'live.parquet'),
    );
    assert.equal(live.status, 0, live.stderr);
    run.kill('SIGINT');
    await ended;
    const to = path.join(folder, 'steps.parquet');
    const args = ['export', file, '--out', out, '--rows', 'steps', '--to', to];
    const without = vaeSweep(...args);
    assert.match(
      without.stderr,
      /^0 rows, .*\n1 tasks are not done: left out; pass --unfinished to include them up to their last checkpoint\n$/,
    );
    assert.equal((await readExport(to)).length, 0);
    assert.equal(vaeSweep(...args, '--unfinished', '--force').status, 0);
    const rows = await readExport(to);
    assert.equal(rows.length, step());
    const intact = readFileSync(checkpoint);
    writeFileSync(checkpoint, 'not a checkpoint');
    const previous = step();
    assert.equal(vaeSweep(...args, '--unfinished', '--force').status, 0);
    assert.equal((await readExport(to)).length, previous);
    assert.ok(previous > 0);
    writeFileSync(checkpoint, intact);
    assert.ok(rows.every((row, index) => row['step'] === index + 1 && row['state'] === 'interrupted'));
    const evaluations = ['export', file, '--out', out, '--rows', 'evaluations', '--force', '--to', to];
    assert.equal(vaeSweep(...evaluations, '--unfinished').status, 0);
    assert.equal((await readExport(to)).length, 1 + Math.floor(step() / 2_000));
  });
});
