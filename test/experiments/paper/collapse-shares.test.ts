import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collapseShares } from '../../../src/experiments/paper/figures/collapse-shares.js';
import { toCells } from '../../../src/report/cells.js';
import { readTraining } from '../../report/read-training.js';
import { sampleSweep } from '../../report/sample-sweep.js';

function rowsOf(modelSeeds: number) {
  const seeds = Array.from({ length: modelSeeds }, (_, index) => index);
  const sample = sampleSweep(
    `experiment: sphere\ngrid: { dimensions: [[2, 6, 6]], decoderNoise: [true, false], modelSeed: [${seeds.join()}] }\nsettings: { seed: 69 }\n`,
  );
  for (const task of sample.sweep.tasks) {
    const { modelSeed, decoderNoise } = task.settings;
    const isCollapsed = modelSeed < (decoderNoise ? 5 : 0);
    sample.finish(task, isCollapsed ? { kl: 0.01, encoderSmall: 0 } : { kl: 9, encoderSmall: 3 });
  }
  const cells = readTraining(sample.sweep, sample.outDir).flatMap(toCells);
  return collapseShares.draw(collapseShares.select(cells)).rows;
}

test('the figure shows the share of collapsed tasks of each cell with its interval', () => {
  // SciPy 1.17.1: binomtest(count, 10).proportion_ci(method='wilson')
  const expected = [
    ['2-6-6', 'decoderNoise true', 0.5, 0.236593090512564, 0.763406909487436],
    ['2-6-6', 'decoderNoise false', 0, 0, 0.2775327998628892],
  ] as const;
  const rows = rowsOf(10);
  assert.equal(rows.length, expected.length);
  for (const [index, [dimensions, group, share, low, high]] of expected.entries()) {
    const row = rows[index];
    assert.deepEqual([row?.['dimensions'], row?.['group'], row?.['share']], [dimensions, group, share]);
    assert.ok(Math.abs(Number(row?.['low']) - low) < 1e-12 && Math.abs(Number(row?.['high']) - high) < 1e-12);
  }
});

test('cells with fewer than ten tasks are left out', () => {
  assert.deepEqual(rowsOf(9), []);
});
