import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FinishedRun } from '../../../report/finished-run.js';
import { judged, LINEAR } from './sample-claims.js';

/** Singular values of A, of which all count, and with one below 1% of the largest. */
const REGULAR = [4, 2, 1];
const NEARLY_SINGULAR = [4, 2, 0.03];

/** Returns a task whose decoder and A, [3, 3], have these singular values. */
function linearRun(
  decoder: readonly number[],
  data: readonly number[],
  metrics: FinishedRun['evaluations'][number] = {},
): FinishedRun {
  return {
    evaluations: [metrics],
    matrices: { 'decoder.0.kernel': diagonal(6, 8, decoder), 'data.0': diagonal(3, 3, data) },
  };
}

describe('linear-rank', () => {
  /** Judges a task together with one that agrees. */
  const judge = (decoder: readonly number[], data: readonly number[]) =>
    judged('linear-rank', LINEAR, [linearRun(REGULAR, REGULAR), linearRun(decoder, data)]);

  test('holds if the decoder has the rank of the data', () => {
    assert.equal(judge([3, 2, 1], REGULAR)?.outcome, 'holds');
  });

  test('does not hold if the rank is too low or too high', () => {
    assert.deepEqual(
      [judge([3, 2], REGULAR), judge([3, 2, 1, 0.5], REGULAR)].map((found) => [
        found?.outcome,
        found?.detail,
      ]),
      [
        ['does not hold', '1 of 2 tasks agree; values from -1 to 0'],
        ['does not hold', '1 of 2 tasks agree; values from 0 to 1'],
      ],
    );
  });

  test('holds for a generator that equals the data, even if a direction of A does not count', () => {
    assert.equal(judge(NEARLY_SINGULAR, NEARLY_SINGULAR)?.outcome, 'holds');
  });

  test('holds if the decoder has the exact rank of an A of which a direction does not count', () => {
    assert.equal(judge([4, 2, 0.3], NEARLY_SINGULAR)?.outcome, 'holds');
  });

  test('does not hold if the rank is outside of the range that a nearly singular A allows', () => {
    assert.match(judge([4], NEARLY_SINGULAR)?.detail ?? '', /values from -1 to 0$/);
    assert.match(judge([4, 2, 1, 1], NEARLY_SINGULAR)?.detail ?? '', /values from 0 to 1$/);
  });

  test('does not hold if a task has no A', () => {
    const decoderOnly = { evaluations: [{}], matrices: { 'decoder.0.kernel': diagonal(6, 8, REGULAR) } };
    const found = judged('linear-rank', LINEAR, [linearRun(REGULAR, REGULAR), decoderOnly]);
    assert.equal(found?.outcome, 'does not hold');
  });
});

describe('initial-scale', () => {
  const sweep = (steps: number) =>
    `experiment: linear\ngrid: { initialKernelScale: [1, 10] }\nsettings: { dimensions: [3, 8, 6], seed: 1, steps: ${steps} }\n`;
  const agrees = linearRun(REGULAR, REGULAR);

  test('is judged by sweeps over the scale, and names it', () => {
    const high = linearRun([4, 3, 2, 1], REGULAR, { decoderOutsideSpan: 0.5, eigenvalues: [16, 4, 1] });
    assert.equal(judged('initial-scale', sweep(20_000), [agrees, agrees])?.outcome, 'holds');
    const found = judged('initial-scale', sweep(20_000), [agrees, high]);
    assert.equal(found?.outcome, 'does not hold');
    assert.deepEqual(found.exceptions, [
      'linear 3-8-6, initial scale 10, seed 1: 1 (squared norm outside of the span 0.5, smallest eigenvalue of A A^T 1)',
    ]);
    assert.equal(judged('initial-scale', sweep(100), [agrees, agrees])?.outcome, 'not judged: too few steps');
    assert.equal(judged('initial-scale', LINEAR, [agrees, agrees]), undefined);
  });

  test('allows for the rank of a nearly singular A', () => {
    const equal = linearRun(NEARLY_SINGULAR, NEARLY_SINGULAR);
    assert.equal(judged('initial-scale', sweep(20_000), [agrees, equal])?.outcome, 'holds');
  });
});

function diagonal(rows: number, columns: number, values: readonly number[]): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => (row === column ? (values[row] ?? 0) : 0)),
  );
}
