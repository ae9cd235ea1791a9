import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paceOf } from '../../src/run/pace.js';
import { estimateCost } from '../../src/task/cost.js';
import { sampleTask } from '../store/sample-task.js';

const quick = estimateCost(sampleTask(2).settings);
const slow = estimateCost(sampleTask(2, { engine: 'eager' }).settings);

function estimatedMs({ microsecondsPerStep }: typeof quick, steps: number): number {
  return (microsecondsPerStep * steps) / 1000;
}

test('the pace is the ratio of elapsed to estimated time', () => {
  const pace = paceOf([{ cost: quick, steps: 1000, elapsedMs: 3 * estimatedMs(quick, 1000) }]);
  assert.ok(pace !== null && Math.abs(pace - 3) < 1e-12);
});

test('long tasks count most, regardless of their experiment', () => {
  const pace = paceOf([
    { cost: quick, steps: 1000, elapsedMs: 100 * estimatedMs(quick, 1000) },
    { cost: slow, steps: 1_000_000, elapsedMs: 2 * estimatedMs(slow, 1_000_000) },
  ]);
  assert.ok(pace !== null && pace > 2 && pace < 2.01, String(pace));
});

test('there is no pace without steps that took time', () => {
  assert.equal(paceOf([]), null);
  assert.equal(
    paceOf([
      { cost: quick, steps: 0, elapsedMs: 10 },
      { cost: quick, steps: 10, elapsedMs: 0 },
      { cost: quick, steps: 10, elapsedMs: -5 },
    ]),
    null,
  );
});
