import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRuns } from '../../../src/aggregate/runs.js';
import { deviationsTable } from '../../../src/report/tables/deviations-table.js';
import { sampleSweep, TABLE4 } from '../sample-sweep.js';

const SPHERE = `
experiment: sphere
table: table3
grid: { dimensions: [[2, 6, 6], [6, 14, 13]], seed: [1, 2] }
`;

test('a printed number comes out if the mean rounds to it or is within two standard errors of the difference', () => {
  const sample = sampleSweep(SPHERE);
  // Printed for 2-6-6: error 0.02, zeros 3. For 6-14-13: 0.03 and 7.
  sample.finish(sample.taskOf(0), { manifoldError: 0.024, encoderZeros: 3 });
  sample.finish(sample.taskOf(1), { manifoldError: 0.025, encoderZeros: 3 });
  sample.finish(sample.taskOf(2), { manifoldError: 0.04, encoderZeros: 5 });
  sample.finish(sample.taskOf(3), { manifoldError: 0.04, encoderZeros: 5 });
  const table = deviationsTable(readRuns(sample.sweep, sample.outDir));
  assert.match(table?.caption ?? '', /^2 of 4 printed numbers come out/);
  assert.deepEqual(table?.body, [
    ['table3', '6-14-13', 'Mean Manifold Error', '0.04 ± 0', '0.03', '+0.01', '0'],
    ['table3', '6-14-13', "Mean #0's in Encoder Variance", '5 ± 0', '7', '-2', '0'],
  ]);
});

test('spread over seeds widens what comes out', () => {
  const sample = sampleSweep(SPHERE);
  sample.finish(sample.taskOf(2), { manifoldError: 0.03, encoderZeros: 5 });
  sample.finish(sample.taskOf(3), { manifoldError: 0.03, encoderZeros: 8 });
  // Mean 6.5, standard deviation 2.12, standard error 2.12 sqrt(1/2 + 1/3) = 1.94.
  const table = deviationsTable(readRuns(sample.sweep, sample.outDir));
  assert.deepEqual(table?.body, []);
  assert.ok(Math.abs(Number(table.records[1]?.['standardError']) - 1.9365) < 1e-4);
});

test('a sweep that measures no printed number has no such table', () => {
  const sample = sampleSweep(SPHERE.replace('table: table3\n', ''));
  sample.finish(sample.taskOf(0), { manifoldError: 0.024 });
  assert.equal(deviationsTable(readRuns(sample.sweep, sample.outDir)), null);
});

test('the printed errors of sigmoid data are compared with the average over pairs alone', () => {
  const sample = sampleSweep(TABLE4);
  sample.finish(sample.taskOf(0), { manifoldErrorPairwise: 0.15, manifoldError: 0.02, encoderZeros: 3 });
  const table = deviationsTable(readRuns(sample.sweep, sample.outDir));
  assert.match(table?.caption ?? '', /^2 of 2 printed numbers come out/);
});
