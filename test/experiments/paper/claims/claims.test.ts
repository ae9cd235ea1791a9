import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readTraining } from '../../../report/read-training.js';
import type { Verdict } from '../../../../src/experiments/paper/claims/claim.js';
import { claimsTable } from '../../../../src/experiments/paper/claims/claims-table.js';
import { judgeClaims } from '../../../../src/experiments/paper/claims/claims.js';
import { writeFinishedRun } from '../../../report/finished-run.js';
import { sampleSweep } from '../../../report/sample-sweep.js';

type Metrics = Readonly<Record<string, number>>;

const sweepOf = (experiment: string, table: string, more = '', settings = '') =>
  `experiment: ${experiment}\ntable: ${table}\ngrid: { seed: [1, 2]${more} }\nsettings: { dimensions: [3, 8, 6]${settings} }\n`;

/** Judges a claim by tasks that ended with these metrics; null stands for a missing task. */
function verdict(claim: string, text: string, runs: readonly (Metrics | null)[]): Verdict | undefined {
  const sample = sampleSweep(text);
  for (const [index, metrics] of runs.entries())
    if (metrics !== null) sample.finish(sample.taskOf(index), metrics);
  const verdicts = judgeClaims(readTraining(sample.sweep, sample.outDir));
  return verdicts.find((one) => one.claim.name === claim);
}

const LINEAR = sweepOf('linear', 'table1');
const SIGMOID = sweepOf('sigmoid', 'table2');
const CLIPPED_SIGMOID = sweepOf('sigmoid', 'table4', '', ', decoderVarianceThreshold: e^-4');
const CLIPPED_SPHERE = sweepOf('sphere', 'table5', '', ', decoderVarianceThreshold: e^-4');

describe('a verdict', () => {
  test('is that a claim holds if every requested task agrees', () => {
    const found = verdict('zeros-at-least-intrinsic', LINEAR, [{ encoderZeros: 3 }, { encoderZeros: 5 }]);
    assert.deepEqual(
      [found?.outcome, found?.detail, found?.exceptions],
      ['holds', '2 of 2 tasks agree; values from 0 to 2', []],
    );
  });

  test('is that it does not hold if one task disagrees, and names that task, even if others are missing', () => {
    const found = verdict('zeros-at-least-intrinsic', LINEAR, [{ encoderZeros: 2, encoderSmall: 2 }, null]);
    assert.deepEqual(
      [found?.outcome, found?.detail, found?.exceptions],
      ['does not hold', '0 of 1 task agree; values from -1 to -1', ['linear 3-8-6, seed 1: -1']],
    );
  });

  test('is that there are not enough tasks if some are missing and none disagrees', () => {
    assert.equal(
      verdict('zeros-at-least-intrinsic', LINEAR, [{ encoderZeros: 3 }, null])?.outcome,
      'not enough tasks',
    );
    const none = verdict('zeros-at-least-intrinsic', LINEAR, []);
    assert.deepEqual([none?.outcome, none?.detail], ['not enough tasks', 'no task has finished']);
  });

  test('is that there are too few steps if a task has fewer than in the paper', () => {
    const short = LINEAR.replace('[3, 8, 6]', '[3, 8, 6], steps: 10000');
    const found = verdict('zeros-at-least-intrinsic', short, [{ encoderZeros: 3 }, { encoderZeros: 0 }]);
    assert.equal(found?.outcome, 'too few steps');
  });

  test('counts the exceptions that are collapsed tasks', () => {
    const runs = [
      { encoderZeros: 0, encoderSmall: 0, kl: 0.01 },
      { encoderZeros: 4, encoderSmall: 4, kl: 9 },
    ];
    const found = verdict('zeros-at-least-intrinsic', sweepOf('sphere', 'table3'), runs);
    assert.equal(
      found?.detail,
      '1 of 2 tasks agree; 1 of the 1 that do not are collapsed; values from -3 to 1',
    );
    assert.deepEqual(found.exceptions, ['sphere 3-8-6, seed 1: -3 (collapsed)']);
  });

  test('is omitted for tasks that reproduce no table and for experiments that the sweep does not have', () => {
    assert.equal(verdict('linear-rows', LINEAR.replace('table: table1\n', ''), []), undefined);
    assert.equal(verdict('linear-rows', SIGMOID, []), undefined);
  });
});

describe('the test of each claim:', () => {
  const cases: [string, string, Metrics, Metrics][] = [
    ['linear-rows', LINEAR, { nonzeroDecoderRows: 3 }, { nonzeroDecoderRows: 4 }],
    ['linear-density', LINEAR, { eigenvalueError: 0.3 }, { eigenvalueError: 0.05 }],
    ['variance-vanishes', SIGMOID, { decoderVariance: 1e-4 }, { decoderVariance: 0.05 }],
    ['padding-vanishes', SIGMOID, { paddingError: 1e-3 }, { paddingError: 0.2 }],
    ['variances-separated', SIGMOID, { encoderBetween: 0 }, { encoderBetween: 1 }],
    ['clipped-sigmoid-zeros', CLIPPED_SIGMOID, { encoderZeros: 3 }, { encoderZeros: 4 }],
    ['clipped-sphere-small', CLIPPED_SPHERE, { encoderSmall: 4 }, { encoderSmall: 3 }],
  ];
  for (const [claim, text, agrees, disagrees] of cases)
    test(claim, () => {
      assert.equal(verdict(claim, text, [agrees, agrees])?.outcome, 'holds');
      assert.equal(verdict(claim, text, [agrees, disagrees])?.outcome, 'does not hold');
    });

  test('clipped-loss-steady compares the third quarter of training with the last', () => {
    const falls = (lossAtEnd: number) => {
      const sample = sampleSweep(CLIPPED_SIGMOID);
      for (const index of [0, 1])
        writeFinishedRun(sample.outDir, sample.taskOf(index), {
          evaluations: [
            { step: 0, loss: 100 },
            { step: 75_000, loss: 50 },
            { step: 100_000, loss: 10 },
            { step: 150_000, loss: lossAtEnd },
          ],
        });
      const verdicts = judgeClaims(readTraining(sample.sweep, sample.outDir));
      return verdicts.find(({ claim }) => claim.name === 'clipped-loss-steady');
    };
    assert.equal(falls(9.6)?.outcome, 'holds');
    assert.deepEqual(
      [falls(9)?.outcome, falls(9)?.detail],
      ['does not hold', '0 of 2 tasks agree; values from 1 to 1'],
    );
  });

  test('padding-vanishes does not apply to data without padding', () => {
    const text = SIGMOID.replace('[3, 8, 6]', '[3, 4, 6]');
    assert.equal(verdict('padding-vanishes', text, []), undefined);
  });
});

test('the table of verdicts shows the threshold of each test', () => {
  const found = verdict('linear-density', LINEAR, [{ eigenvalueError: 0.3 }, { eigenvalueError: 0.05 }]);
  assert.ok(found);
  const { body, notes } = claimsTable([found]);
  assert.deepEqual(body[0]?.slice(1, 4), [
    'does not hold',
    'linear: normalized eigenvalue error above 0.1',
    '1 of 2 tasks agree; values from 0.05 to 0.3',
  ]);
  assert.deepEqual(notes, ['linear-density is refuted by linear 3-8-6, seed 2: 0.05']);
});
