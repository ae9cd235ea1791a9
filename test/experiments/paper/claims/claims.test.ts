import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claimsTable } from '../../../../src/experiments/paper/claims/claims-table.js';
import { LINEAR, SIGMOID, SPHERE, verdict } from './sample-claims.js';

describe('a verdict', () => {
  test('is that a claim holds if every requested task agrees', () => {
    const found = verdict('zeros-at-least-intrinsic', SPHERE, [{ encoderZeros: 3 }, { encoderZeros: 5 }]);
    assert.deepEqual(
      [found?.outcome, found?.detail, found?.exceptions],
      ['holds', '2 of 2 tasks agree; values from 0 to 2', []],
    );
  });

  test('is that it does not hold if one task disagrees, and names that task, even if others are missing', () => {
    const found = verdict('zeros-at-least-intrinsic', SPHERE, [{ encoderZeros: 2, encoderSmall: 2 }, null]);
    assert.deepEqual(
      [found?.outcome, found?.detail, found?.exceptions],
      ['does not hold', '0 of 1 task agree; values from -1 to -1', ['sphere 3-8-6, seed 1: -1']],
    );
  });

  test('is that there are not enough tasks if some are missing and none disagrees', () => {
    assert.equal(
      verdict('zeros-at-least-intrinsic', SPHERE, [{ encoderZeros: 3 }, null])?.outcome,
      'not judged: not enough tasks',
    );
    const none = verdict('zeros-at-least-intrinsic', SPHERE, []);
    assert.deepEqual([none?.outcome, none?.detail], ['not judged: not enough tasks', 'no task has finished']);
  });

  test('is that there are too few steps if a task has fewer than in the paper', () => {
    const short = SPHERE.replace('[3, 8, 6]', '[3, 8, 6], steps: 10000');
    const found = verdict('zeros-at-least-intrinsic', short, [{ encoderZeros: 3 }, { encoderZeros: 0 }]);
    assert.equal(found?.outcome, 'not judged: too few steps');
  });

  test('counts the exceptions that are collapsed tasks', () => {
    const runs = [
      { encoderZeros: 0, encoderSmall: 0, kl: 0.01 },
      { encoderZeros: 4, encoderSmall: 4, kl: 9 },
    ];
    const found = verdict('zeros-at-least-intrinsic', SPHERE, runs);
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
