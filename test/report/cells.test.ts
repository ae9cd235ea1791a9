import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingNotes, toCells, type Cell } from '../../src/report/cells.js';
import { isCollapsed } from '../../src/experiments/vae/collapse.js';
import { seedOf } from '../../src/task/settings.js';
import { readTraining } from './read-training.js';
import { sampleSweep } from './sample-sweep.js';

function cellsOf({ sweep, outDir }: ReturnType<typeof sampleSweep>): Cell[] {
  return readTraining(sweep, outDir).flatMap(toCells);
}

test('a cell groups the tasks that differ only in their seeds, with mean, spread and single values', () => {
  const sample = sampleSweep(
    'experiment: linear\ngrid: { dimensions: [[1, 2, 2], [2, 3, 3]], seed: [5, 6, 7] }\n',
  );
  for (const [index, loss] of [1, 2, 6].entries()) sample.finish(sample.taskOf(index), { loss });
  sample.finish(sample.taskOf(4), { loss: 9 });
  const [first, second] = cellsOf(sample) as [Cell, Cell];
  assert.deepEqual(first.metrics.get('loss'), {
    mean: 3,
    standardDeviation: Math.sqrt(7), // (4 + 1 + 9) / 2
    min: 1,
    max: 6,
    values: [
      { run: 'seed 5', value: 1 },
      { run: 'seed 6', value: 2 },
      { run: 'seed 7', value: 6 },
    ],
  });
  assert.deepEqual(second.metrics.get('loss')?.standardDeviation, null);
  assert.deepEqual(second.tasks.map(second.label), ['seed 5', 'seed 6', 'seed 7']);
  assert.deepEqual(
    second.missing.map(({ task }) => seedOf(task.settings)),
    [5, 7],
  );
});

test('a metric that is null in every task is left out', () => {
  const sample = sampleSweep('experiment: linear\nsettings: { dimensions: [1, 2, 2], seed: 5 }\n');
  sample.finish(sample.taskOf(0), { eigenvalueError: 0.5 });
  const names = cellsOf(sample).map(({ metrics }) => [...metrics.keys()])[0] ?? [];
  assert.ok(names.includes('eigenvalueError'));
  assert.ok(!names.includes('manifoldError'));
});

test('tasks with several model seeds share a cell, and labels show the seeds that vary', () => {
  const cellOf = (grid: string) =>
    cellsOf(
      sampleSweep(`experiment: linear\nsettings: { dimensions: [1, 2, 2] }\ngrid: ${grid}\n`),
    )[0] as Cell;
  const labels = (grid: string) => cellOf(grid).tasks.map(cellOf(grid).label);
  const missing = (grid: string) => missingNotes('2-6-6', cellOf(grid))[0]?.split(' missing')[0];
  assert.equal(missing('{ seed: [1, 2] }'), '2-6-6: seeds 1, 2');
  assert.equal(missing('{ seed: [1], modelSeed: [0, 3] }'), '2-6-6: model seeds 0, 3');
  assert.equal(
    missing('{ seed: [1, 2], modelSeed: [3, 4] }'),
    '2-6-6: seed 1, model seed 3; seed 1, model seed 4; seed 2, model seed 3; seed 2, model seed 4',
  );
  assert.deepEqual(labels('{ seed: [1], modelSeed: [0, 3] }'), ['model seed 0', 'model seed 3']);
  assert.deepEqual(labels('{ seed: [1, 2], modelSeed: [0, 3] }'), [
    'seed 1, model seed 0',
    'seed 1, model seed 3',
    'seed 2, model seed 0',
    'seed 2, model seed 3',
  ]);
});

test('a task is collapsed if no encoder variance is small and the code carries no information', () => {
  const sample = sampleSweep('experiment: sphere\ngrid: { dimensions: [[2, 6, 6]], seed: [1, 2, 3] }\n');
  sample.finish(sample.taskOf(0), { encoderSmall: 0, kl: 0.05 });
  sample.finish(sample.taskOf(1), { encoderSmall: 1, kl: 0.05 });
  sample.finish(sample.taskOf(2), { encoderSmall: 0, kl: 0.2 });
  assert.deepEqual(cellsOf(sample)[0]?.runs.map(isCollapsed), [true, false, false]);
});
