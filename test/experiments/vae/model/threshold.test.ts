import '../../../native-environment.js';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thresholdAfter } from '../../../../src/experiments/vae/model/threshold.js';

const settings = { decoderLogVarianceThreshold: -2, finalDecoderLogVarianceThreshold: -8, steps: 3_000 };
const after = (done: number, extra: object = {}) =>
  thresholdAfter({ ...settings, ...extra }, done).dataSync()[0];

test('an annealed bound is linear in the step and exact at the start and at the end', () => {
  assert.equal(after(0), -2);
  assert.equal(after(3_000), -8);
  for (const done of [1, 700, 1_500, 2_999])
    assert.ok(Math.abs((after(done) ?? NaN) - (-2 - (6 * done) / 3_000)) < 1e-6, String(done));
});

test('a constant bound ignores the step, and no bound is minus infinity', () => {
  const constant = { decoderLogVarianceThreshold: -2, steps: 3_000 };
  assert.equal(thresholdAfter(constant, 0).dataSync()[0], -2);
  assert.equal(thresholdAfter(constant, 3_000).dataSync()[0], -2);
  const none = { ...constant, decoderLogVarianceThreshold: null };
  assert.equal(thresholdAfter(none, 10).dataSync()[0], -Infinity);
});
