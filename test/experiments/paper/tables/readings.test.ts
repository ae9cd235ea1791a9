import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deviationCountsTable } from '../../../../src/experiments/paper/tables/deviations-table.js';
import { eigenvalueReadings } from '../../../../src/experiments/paper/tables/eigenvalue-readings.js';
import { exactGeneratorTable } from '../../../../src/experiments/paper/tables/exact-generator.js';
import { sigmoidVariance } from '../../../../src/experiments/paper/tables/sigmoid-variance.js';
import { randomFrom } from '../../../../src/experiments/theory/random.js';
import { manifoldErrorPairwise } from '../../../../src/experiments/vae/metrics/manifold.js';
import { writeFinishedRun } from '../../../report/finished-run.js';
import { readTraining } from '../../../report/read-training.js';
import { sampleTask } from '../../../store/sample-task.js';
import { sampleSweep, TABLE4 } from '../../../report/sample-sweep.js';

const sigma = (value: number) => 1 / (1 + Math.exp(-value));

describe('the variance of the sigmoid', () => {
  test('is that of a million draws', () => {
    const random = randomFrom(1);
    for (const scale of [0.5, 1.4, 3]) {
      const squares = Array.from({ length: 1_000_000 }, () => (sigma(scale * random.normal()) - 0.5) ** 2);
      const mean = squares.reduce((sum, value) => sum + value, 0) / squares.length;
      // The squares are below 1/4, so the standard error is below 1.3e-4.
      assert.ok(Math.abs(sigmoidVariance(scale) - mean) < 6e-4, `${scale}: ${mean}`);
    }
  });

  test('has the limits of a linear function and of a step', () => {
    assert.ok(Math.abs(sigmoidVariance(1e-3) / (1e-6 / 16) - 1) < 1e-5);
    assert.ok(Math.abs(sigmoidVariance(1e6) - 0.25) < 0.002);
    assert.equal(sigmoidVariance(0), 0);
  });
});

describe('the error over pairs of an exact generator', () => {
  test('is that of true points with noise', () => {
    const [scale, deviation, random] = [2, Math.exp(-2), randomFrom(2)];
    const generated = Array.from({ length: 200_000 }, () => {
      const z = random.normal();
      return [z, sigma(scale * z) + deviation * random.normal()];
    });
    const found = manifoldErrorPairwise({
      settings: sampleTask(1).settings,
      step: 0,
      experiment: 'sigmoid',
      intrinsicDim: 1,
      ambientDim: 2,
      coordinates: 2,
      encoderVariance: [],
      decoderVariance: deviation ** 2,
      generated,
      dataParameters: [[[scale]]],
      decoderMatrix: null,
      deadDecoderUnits: [],
      released: null,
    });
    // The standard error of a mean of 200,000 squares below about 1 is below 0.001.
    assert.ok(Math.abs(Number(found) - (2 * sigmoidVariance(scale) + deviation ** 2)) < 3e-3);
  });

  test('is shown beside the measured and the printed error, by cell', () => {
    const sample = sampleSweep(TABLE4);
    for (const index of [0, 1])
      writeFinishedRun(sample.outDir, sample.taskOf(index), {
        evaluations: [{ step: 150_000, manifoldErrorPairwise: 0.14 }],
        direction: [0, 3, 4],
      });
    const table = exactGeneratorTable(readTraining(sample.sweep, sample.outDir));
    const exact = 2 * sigmoidVariance(5) + Math.exp(-4);
    assert.deepEqual(
      table?.body.map((row) => row.slice(0, 4)),
      [['table4', '3-7-6', 'e^-4', '5 ± 0']],
    );
    assert.deepEqual(
      table.records.map(({ exactGenerator, measured, printed }) => [exactGenerator, measured, printed]),
      [[exact, 0.14, 0.15]],
    );
  });

  test('is omitted without tasks of Tables 2 and 4', () => {
    const sample = sampleSweep(TABLE4);
    assert.equal(exactGeneratorTable(readTraining(sample.sweep, sample.outDir)), null);
  });
});

describe('the readings of the eigenvalue error', () => {
  const LINEAR =
    'experiment: linear\ntable: table1\ngrid: { dimensions: [[2, 3, 3]], seed: [1] }\nsettings: { steps: 100000 }\n';

  test('have the spectrum of true points beside that of A A^T', () => {
    const sample = sampleSweep(LINEAR);
    writeFinishedRun(sample.outDir, sample.taskOf(0), {
      evaluations: [{ step: 100_000, eigenvalueError: 0.5 }],
      // (1/n) X^T X is diag(3^2, 1, 0) / 2 and diag(0, 4^2, 3^2) / 2, so the errors are |(16, 9) - (9, 1)| / |(9, 1)|.
      real: [[3], [0, 1]],
      generated: [
        [0, 4],
        [0, 0, 3],
      ],
    });
    const table = eigenvalueReadings(readTraining(sample.sweep, sample.outDir));
    const [record] = table?.records ?? [];
    assert.equal(record?.['eigenvalueError'], 0.5);
    assert.ok(
      Math.abs(Number(record['empiricalEigenvalueError']) - Math.hypot(7, 8) / Math.hypot(9, 1)) < 1e-12,
    );
    assert.equal(record['releasedEigenvalueError'], null);
  });

  test('are omitted without tasks of Table 1', () => {
    const sample = sampleSweep(TABLE4);
    assert.equal(eigenvalueReadings(readTraining(sample.sweep, sample.outDir)), null);
  });
});

test('printed numbers are counted by table and agreement', () => {
  const sample = sampleSweep(
    'experiment: sphere\ntable: table3\ngrid: { dimensions: [[2, 6, 6], [6, 14, 13]], seed: [1, 2] }\n',
  );
  // The paper prints an error of 0.02 and 3 zeros for 2-6-6, and 0.03 and 7 for 6-14-13.
  sample.finish(sample.taskOf(0), { manifoldError: 0.026, encoderZeros: 3 });
  sample.finish(sample.taskOf(1), { manifoldError: 0.028, encoderZeros: 3 });
  sample.finish(sample.taskOf(2), { manifoldError: 0.5, encoderZeros: 5 });
  sample.finish(sample.taskOf(3), { manifoldError: 0.5, encoderZeros: 8 });
  const table = deviationCountsTable(readTraining(sample.sweep, sample.outDir));
  // 0.027 truncates to 0.02, 3 rounds to 3, 0.5 differs from 0.03, and 6.5 is within two standard errors of 7.
  assert.deepEqual(table?.body, [
    ['table3', 'fold-in', '1', '1', '1', '1', '4'],
    ['all', 'fold-in', '1', '1', '1', '1', '4'],
  ]);
  assert.equal(deviationCountsTable([]), null);
});
