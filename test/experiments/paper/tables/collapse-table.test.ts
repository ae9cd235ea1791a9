import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTraining } from '../../../report/read-training.js';
import { wilsonInterval } from '../../../../src/experiments/paper/tables/collapse-share.js';
import { collapseTable } from '../../../../src/experiments/paper/tables/collapse-table.js';
import { writeFinishedRun } from '../../../report/finished-run.js';
import { sampleSweep } from '../../../report/sample-sweep.js';

/** Expected values are from SciPy 1.17.1, `binomtest(count, total).proportion_ci(method='wilson')`. */
test("the interval is Wilson's interval", () => {
  for (const [count, total, low, high] of [
    [0, 10, 0, 0.2775327998628892],
    [5, 10, 0.236593090512564, 0.763406909487436],
    [10, 10, 0.7224672001371107, 1],
  ] as const) {
    const found = wilsonInterval(count, total);
    assert.ok(
      Math.abs(found.low - low) < 1e-12 && Math.abs(found.high - high) < 1e-12,
      JSON.stringify(found),
    );
  }
});

test('counts the collapsed and recovered tasks of a cell, and the dead units of collapsed and other tasks', () => {
  const sample = sampleSweep(
    'experiment: sphere\ngrid: { dimensions: [[2, 6, 6]], modelSeed: [0, 1, 2] }\nsettings: { seed: 69 }\n',
  );
  const collapsed = { kl: 0.01, encoderSmall: 0 };
  const used = { kl: 9, encoderSmall: 3 };
  const write = (index: number, at20000: object, atEnd: object, deadDecoderUnits: number[]) =>
    writeFinishedRun(sample.outDir, sample.taskOf(index), {
      evaluations: [
        { step: 5000, ...collapsed },
        { step: 20_000, ...at20000 },
        { step: 150_000, ...atEnd, deadDecoderUnits },
      ],
    });
  write(0, collapsed, collapsed, [10, 20, 200]);
  write(1, collapsed, used, [0, 2, 4]);
  write(2, used, used, [0, 0, 2]);
  const [part] = readTraining(sample.sweep, sample.outDir);
  assert.ok(part);
  assert.deepEqual(collapseTable(part)?.body, [
    ['2-6-6', '1 of 3', '0.333', '0.0615 to 0.792', '1', '10, 20, 200', '0, 1, 3'],
  ]);
});

test('tasks that differ in rounding only have no collapse table, because they are not independent', () => {
  const sample = sampleSweep(
    'experiment: sphere\ngrid: { roundingSeed: [none, 1] }\nsettings: { dimensions: [2, 6, 6], seed: 69 }\n',
  );
  for (const task of sample.sweep.tasks) sample.finish(task, { kl: 9, encoderSmall: 3 });
  const [part] = readTraining(sample.sweep, sample.outDir);
  assert.ok(part);
  assert.equal(collapseTable(part), null);
});

test('linear tasks have no collapse table', () => {
  const sample = sampleSweep('experiment: linear\nsettings: { dimensions: [1, 2, 2], seed: 5 }\n');
  sample.finish(sample.taskOf(0), { loss: 1 });
  const [part] = readTraining(sample.sweep, sample.outDir);
  assert.ok(part);
  assert.equal(collapseTable(part), null);
});
