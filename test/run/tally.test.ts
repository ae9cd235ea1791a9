import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from '../../src/run/tally.js';
import type { PendingTask } from '../../src/run/triage.js';
import { estimateCost } from '../../src/task/cost.js';
import type { Task } from '../../src/task/task.js';
import { loadFrom } from '../sweep/sweep-folder.js';
import { THEORY_FILES } from '../experiments/theory/theory-sweep.js';
import { sampleTask } from '../store/sample-task.js';

function pendingTask(seed: number, fromStep = 0, steps = 1000): PendingTask {
  return pendingOf(sampleTask(seed, { steps }), fromStep);
}

/** A task whose estimated time does not count, so that the remaining time is exactly what the steps so far say. */
function pendingOf(task: Task, fromStep = 0): PendingTask {
  const cost = { ...estimateCost(task.settings), isAssumed: true };
  return { task, fromStep, predecessor: null, failures: 0, cost };
}

/** A task of 1,000 steps that are estimated to take 1 ms each. */
function estimatedTask(seed: number): PendingTask {
  const cost = { microsecondsPerStep: 1000, trainingMs: 1000, bytes: 0 };
  return { ...pendingTask(seed), cost };
}

test('a sweep that has not started has neither a speed nor a remaining time', () => {
  const tally = new Tally({ tasks: 3, done: 1, pending: [pendingTask(2), pendingTask(3)] }, 2, () => 0);
  assert.deepEqual(tally.snapshot(0), {
    tasksDone: 1,
    tasks: 3,
    stepsPerSecond: null,
    etaMs: null,
    workers: [null, null],
  });
});

test('only steps of this run count towards the speed and the remaining time', () => {
  const item = pendingTask(2, 600);
  let step = 600;
  const tally = new Tally({ tasks: 1, done: 0, pending: [item] }, 1, () => step);
  tally.started(0, item, 0);
  assert.equal(tally.snapshot(0).stepsPerSecond, null);
  step = 800;
  const { stepsPerSecond, etaMs, workers } = tally.snapshot(2000);
  assert.equal(stepsPerSecond, 100);
  // 200 steps took 2 s, 200 are left.
  assert.ok(etaMs !== null && Math.abs(etaMs - 2000) < 1e-6);
  assert.deepEqual(workers, [{ task: item.task, step: 800 }]);
});

test('the remaining time includes waiting tasks, and is at least what the longest running task needs', () => {
  const items = [pendingTask(2), pendingTask(3), pendingTask(4), pendingTask(5)];
  const [first, second, third] = items as [PendingTask, PendingTask, PendingTask];
  const steps = [500, 500];
  const tally = new Tally({ tasks: 4, done: 0, pending: items }, 2, (slot) => steps[slot] ?? 0);
  tally.started(0, first, 0);
  tally.started(1, second, 0);
  // 1,000 steps took 1 s; running tasks have 1,000 left and waiting ones 2,000.
  assert.ok(Math.abs((tally.snapshot(1000).etaMs ?? 0) - 3000) < 1e-6);
  steps[0] = 1000;
  tally.ended(0, true);
  steps[0] = 0;
  tally.started(0, third, 1000);
  assert.equal(tally.snapshot(1000).tasksDone, 1);
  steps[0] = 1000;
  tally.ended(0, true);
  // 2,500 steps took 2.5 s. One running task needs 500 and one waits with 1,000: 1,500 steps at 1,000 per second on two workers.
  assert.ok(Math.abs((tally.snapshot(2500).etaMs ?? 0) - 1500) < 1e-6);
});

test('the longest running task alone can determine the remaining time', () => {
  const items = [pendingTask(2), pendingTask(3)];
  const [first, second] = items as [PendingTask, PendingTask];
  const steps = [1000, 200];
  const tally = new Tally({ tasks: 2, done: 0, pending: items }, 2, (slot) => steps[slot] ?? 0);
  tally.started(0, first, 0);
  tally.started(1, second, 0);
  tally.ended(0, true);
  // 1,200 steps took 1.2 s on two workers; one worker has 800 left, at 500 per second.
  assert.ok(Math.abs((tally.snapshot(1200).etaMs ?? 0) - 1600) < 1e-6);
});

test('the start-up of a worker and its first steps do not make the remaining time swing', () => {
  const items = Array.from({ length: 100 }, (_, seed) => estimatedTask(seed));
  let step = 0;
  const tally = new Tally({ tasks: 100, done: 0, pending: items }, 1, () => step);
  tally.started(0, items[0] as PendingTask, 0);
  assert.equal(tally.snapshot(20_000).etaMs, null);
  step = 1;
  // The first step took a second. By that, 100 tasks would take 28 hours; they are estimated to take 100 s.
  const etaMs = tally.snapshot(21_000).etaMs ?? 0;
  assert.ok(etaMs > 100_000 && etaMs < 120_000, String(etaMs));
});

test('the remaining time follows the measured times more and more', () => {
  const items = Array.from({ length: 1000 }, (_, seed) => estimatedTask(seed));
  let step = 0;
  const tally = new Tally({ tasks: 1000, done: 0, pending: items }, 1, () => step);
  const ratios: number[] = [];
  // Each task takes three times as long as estimated.
  for (let done = 0; done < 100; done += 1) {
    tally.started(0, items[done] as PendingTask, 3000 * done);
    step = 1000;
    if (done > 0) ratios.push((tally.snapshot(3000 * (done + 1)).etaMs ?? 0) / (1000 * (999 - done)));
    tally.ended(0, true);
    step = 0;
  }
  assert.ok(ratios.every((ratio, index) => index === 0 || ratio > (ratios[index - 1] ?? 0)));
  assert.ok((ratios[0] ?? 0) < 1.5 && (ratios.at(-1) ?? 0) > 2.7, ratios.join(' '));
});

test('a task that failed and is queued again counts as waiting from its checkpoint', () => {
  const item = pendingTask(2);
  let step = 500;
  const tally = new Tally({ tasks: 1, done: 0, pending: [item] }, 1, () => step);
  tally.started(0, item, 0);
  tally.ended(0, false);
  step = 400;
  tally.requeued({ ...item, fromStep: 400 });
  const { etaMs, tasksDone } = tally.snapshot(1000);
  assert.equal(tasksDone, 0);
  // 500 steps took 1 s; 600 are left.
  assert.ok(etaMs !== null && Math.abs(etaMs - 1200) < 1e-6);
});

test('the speed is known at the first snapshot, however rarely snapshots are taken', () => {
  const item = pendingTask(2, 0, 100_000);
  let step = 0;
  const tally = new Tally({ tasks: 1, done: 0, pending: [item] }, 1, () => step);
  tally.started(0, item, 0);
  step = 22_000;
  assert.equal(tally.snapshot(11_000).stepsPerSecond, 2000);
  step = 33_000;
  assert.equal(tally.snapshot(22_000).stepsPerSecond, 1000);
});

test('the speed covers the last ten seconds', () => {
  const item = pendingTask(2, 0, 100_000);
  let step = 0;
  const tally = new Tally({ tasks: 1, done: 0, pending: [item] }, 1, () => step);
  tally.started(0, item, 0);
  tally.snapshot(0);
  step = 10_000;
  tally.snapshot(10_000);
  step = 10_100;
  assert.equal(tally.snapshot(20_000).stepsPerSecond, 10);
});

test('rows count towards the remaining time, and not towards the speed', () => {
  const [task] = loadFrom(THEORY_FILES, 'identities.yaml').tasks;
  assert.ok(task !== undefined);
  const item = pendingOf(task);
  let row = 0;
  const tally = new Tally({ tasks: 1, done: 0, pending: [item] }, 1, () => row);
  tally.started(0, item, 0);
  row = 5;
  const { stepsPerSecond, etaMs } = tally.snapshot(1000);
  assert.equal(stepsPerSecond, null);
  // 5 of 20 draws took a second.
  assert.ok(etaMs !== null && Math.abs(etaMs - 3000) < 1e-6);
  row = 20;
  tally.ended(0, true);
  assert.deepEqual([tally.snapshot(4000).stepsPerSecond, tally.snapshot(4000).tasksDone], [null, 1]);
});
