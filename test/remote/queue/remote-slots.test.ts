import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workersText } from '../../../src/api/run-lines.js';
import { RemoteSlots } from '../../../src/remote/queue/remote-slots.js';
import { Tally } from '../../../src/run/tally.js';
import type { PendingTask } from '../../../src/run/triage.js';
import { estimateCost } from '../../../src/task/cost.js';
import { sampleTask } from '../../store/sample-task.js';

const items: readonly PendingTask[] = [1, 2, 3].map((seed) => ({
  task: sampleTask(seed),
  fromStep: 0,
  predecessor: null,
  failures: 0,
  cost: { ...estimateCost(sampleTask(seed).settings), isAssumed: true },
}));
const [first, second, third] = items as [PendingTask, PendingTask, PendingTask];

function newSlots(): RemoteSlots {
  return new RemoteSlots((stepOf) => new Tally({ tasks: 3, done: 0, pending: items }, 0, stepOf));
}

function report(worker: string, step: number) {
  return { type: 'training', worker, fromStep: 0, step } as const;
}

/** Returns the slots in the form `1@a:10`. */
function shown(slots: RemoteSlots): string[] {
  return slots
    .snapshot(10_000)
    .workers.map((running) =>
      running === null
        ? ''
        : `${Number(running.task.name.split('-')[5])}@${String(running.worker)}:${running.step}`,
    );
}

test('a task has a slot while a worker trains it, and another one when it moves to another worker', () => {
  const slots = newSlots();
  assert.equal(slots.step(first, report('a', 10), 0), true);
  assert.equal(slots.step(second, report('b', 5), 0), true);
  assert.equal(slots.step(first, report('a', 20), 100), false);
  assert.deepEqual(shown(slots), ['1@a:20', '2@b:5']);
  assert.equal(slots.release(first.task.id), 'a');
  assert.equal(slots.release(first.task.id), 'a');
  assert.equal(slots.step(third, report('b', 0), 200), true);
  assert.equal(slots.step(first, report('c', 20), 200), true);
  assert.deepEqual(shown(slots), ['3@b:0', '2@b:5', '1@c:20']);
  assert.equal(workersText(slots.snapshot(10_000)), '; b: 2 tasks, c: 1 task');
});

test('tasks that end leave no slot behind, even if they were never seen running', () => {
  const slots = newSlots();
  slots.step(first, report('a', 10), 0);
  slots.done(first, { worker: 'a', fromStep: 0, steps: 100 }, 1_000);
  slots.done(second, { worker: 'b', fromStep: 0, steps: 100 }, 2_000);
  slots.done(third, { worker: '', fromStep: 0, steps: 100 }, 3_000);
  const { workers, tasksDone, stepsPerSecond } = slots.snapshot(10_000);
  assert.deepEqual([workers, tasksDone, stepsPerSecond], [[], 3, 30]);
});

test('the speed and the remaining time are those of all workers', () => {
  const slots = newSlots();
  slots.step(first, report('a', 0), 0);
  slots.step(second, report('b', 0), 0);
  slots.step(first, report('a', 50), 5_000);
  slots.step(second, report('b', 50), 5_000);
  const { stepsPerSecond, etaMs } = slots.snapshot(5_000);
  assert.equal(stepsPerSecond, 20);
  assert.ok(etaMs !== null && Math.abs(etaMs - 10_000) < 1, String(etaMs));
});
