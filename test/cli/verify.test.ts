import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import yargs from 'yargs';
import { installedVersions } from '../../src/task/registry.js';
import { comparisonText, verifyCommand } from '../../src/cli/verify.js';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { loadSweep } from '../../src/sweep/load.js';
import type { Task } from '../../src/task/task.js';
import { finish, interrupt } from '../store/sample-store.js';
import { sampleResults, sampleTask } from '../store/sample-task.js';
import { vaeSweep } from './command.js';

let file: string;
let outDir: string;
let tasks: readonly [Task, Task, Task];

beforeEach(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-verify-'));
  file = path.join(folder, 'mine.yaml');
  outDir = path.join(folder, 'out');
  writeFileSync(
    file,
    'experiment: linear\ngrid: { dimensions: [[3, 12, 20]], seed: [1, 2, 3] }\nsettings: { steps: 20, engine: eager }\n',
  );
  tasks = loadSweep(file, { versions: installedVersions() }).tasks as unknown as [Task, Task, Task];
});

describe('vae-sweep verify', () => {
  test('verifies finished tasks, and ignores others', () => {
    finish(outDir, tasks[0]);
    interrupt(outDir, tasks[1], 10);
    assert.deepEqual(vaeSweep('verify', file, '--out', outDir), {
      status: 0,
      stdout: '1 of 3 tasks verified: all checksums match.\n',
      stderr: '',
    });
  });

  test('detects changed contents of the same size, explains how to fix them, and fails', () => {
    finish(outDir, tasks[0]);
    const changed = path.join(finish(outDir, tasks[1]), TASK_FILES.steps);
    writeFileSync(changed, sampleResults('CONTENT')[TASK_FILES.steps] ?? '');
    assert.deepEqual(vaeSweep('verify', file, '--only', 'seed=1,2', '--out', outDir), {
      status: 1,
      stdout: `1 of 2 tasks verified: all checksums match.
Corrupt (1):
  ${tasks[1].name}: steps.arrow does not match its SHA-256 in done.json
  To fix them, run \`vae-sweep run ${file} --only seed=1,2 --out ${outDir} --retrain-corrupt\`: it sets their folders aside and executes the tasks again.
`,
      stderr: '',
    });
  });

  test('detects a damaged task.json of a finished task, and --repair writes it again', () => {
    const folder = finish(outDir, tasks[0]);
    const record = path.join(folder, TASK_FILES.task);
    const original = readFileSync(record, 'utf8');
    const only = [file, '--only', 'seed=1', '--out', outDir];
    for (const damaged of [
      '{',
      original.replace('"seed": 1', '"seed": 2'),
      original.replace('"name": "l', '"name": "k'),
      null,
    ]) {
      if (damaged === null) rmSync(record);
      else writeFileSync(record, damaged);
      const found = vaeSweep('verify', ...only);
      assert.equal(found.status, 1);
      assert.match(found.stdout, /^1 of 1 tasks verified.*\nRepairable \(1\):\n {2}linear-.*--repair`\.\n$/s);
      const repaired = vaeSweep('verify', ...only, '--repair');
      assert.equal(repaired.status, 0, repaired.stderr);
      assert.match(repaired.stdout, /\nRepaired \(1\):\n {2}linear-/);
      assert.equal(readFileSync(record, 'utf8'), original);
      assert.equal(vaeSweep('verify', ...only).status, 0);
    }
  });

  test('--retrain executes the requested number of tasks again, and finds the same bits', () => {
    const only = ['--only', 'seed=1,2', '--out', outDir];
    assert.equal(vaeSweep('run', file, ...only).status, 0);
    const { stdout, status } = vaeSweep('verify', file, ...only, '--retrain', '1', '--seed', '3');
    const name = tasks.map((task) => task.name).find((each) => stdout.includes(each));
    assert.equal(
      stdout,
      `2 of 2 tasks verified: all checksums match.\nExecuted 1 task again (seed 3):\n  ${name}: identical\n`,
    );
    assert.equal(status, 0);
    assert.deepEqual(readdirSync(outDir).sort(), ['lock', 'sweeps', 'tasks']);
  });

  test('--retrain fails and names the files if training gives other results', () => {
    finish(outDir, tasks[0]);
    const { stdout, status } = vaeSweep('verify', file, '--out', outDir, '--retrain', '5');
    assert.ok(
      stdout.includes(
        `Executed 1 task again (seed 0):\n  ${tasks[0].name}: differs in ${Object.keys(sampleResults()).join(', ')}\n` +
          '  The store is unchanged. To replace these results, run `vae-sweep rm NAME --yes`, then run the sweep again.\n',
      ),
    );
    assert.equal(status, 1);
    assert.ok(readdirSync(taskFolder(outDir, tasks[0])).includes(TASK_FILES.done));
  });
});

describe('the comparison after training again', () => {
  const c = sampleTask(2, { engine: 'c' });

  test('explains why there is nothing to compare', () => {
    assert.equal(
      comparisonText([{ task: c, differing: [], problem: 'out of luck' }], 7),
      `Executed 1 task again (seed 7):\n  ${c.name}: can't be compared: out of luck\n`,
    );
  });

  test('mentions other CPUs only if bits differ', () => {
    const advice = '  Another kind of CPU may round differently; run.json names the CPU.\n';
    const text = (task: Task, differing: readonly string[]) =>
      comparisonText([{ task, differing, problem: null }], 0);
    assert.ok(text(c, ['evaluations.arrow']).endsWith(advice));
    assert.ok(!text(c, []).includes(advice));
  });
});

describe('vae-sweep verify rejects', () => {
  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['a sample of no tasks', ['--retrain', '0'], /^--retrain: expected a whole number from 1, got 0$/],
    [
      'a fractional seed',
      ['--retrain', '1', '--seed', '0.5'],
      /^--seed: expected a whole number from 0, got 0\.5$/,
    ],
    [
      'a seed without --retrain',
      ['--seed', '1'],
      /^--seed has no effect without --retrain: pass a number of tasks, for example --retrain 3$/,
    ],
    [
      '--retrain before any task has finished',
      ['--retrain', '1'],
      /^--retrain: no task of .*mine\.yaml is done and intact yet$/,
    ],
  ];
  for (const [name, options, message] of mistakes)
    test(name, async (t) => {
      t.mock.method(process.stdout, 'write', () => true);
      const parse = async () =>
        await yargs(['verify', file, '--out', outDir, ...options])
          .command(verifyCommand)
          .strict()
          .fail(false)
          .parseAsync();
      await assert.rejects(parse(), { message });
    });
});
