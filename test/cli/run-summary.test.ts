import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { RunResult } from '../../src/run/run-sweep.js';
import { summaryText } from '../../src/cli/run-summary.js';
import { sampleTask } from '../store/sample-task.js';

const task = sampleTask(2);
const successful: RunResult = {
  interrupted: false,
  done: 1,
  failed: [],
  corrupt: [],
  logFile: '/out/sweeps/mine/log.jsonl',
};
const places = `Arrow logs: ${path.resolve('/out/tasks')}\nRun log:    /out/sweeps/mine/log.jsonl\n`;

test('a sweep without failures shows where its results are', () => {
  assert.equal(summaryText(successful, '/out'), places);
});

test('failed and corrupt tasks are listed with their remedies', () => {
  const failure = { message: 'out of luck', step: null, lastFinite: null, attempts: 2 };
  const failed = [
    { task, failure: { ...failure, reason: 'error' as const } },
    { task, failure: { ...failure, reason: 'diverged' as const } },
  ];
  const corrupt = [{ task, problem: 'steps.arrow is missing' }];
  assert.equal(
    summaryText({ ...successful, failed, corrupt, interrupted: true }, '/out'),
    `Failed (2):
  ${task.name}: out of luck
  ${task.name}: out of luck
  The same settings diverge again; pass --retry-diverged to execute these tasks anyway.
  Run the same command to retry the others.
Corrupt, not executed (1):
  ${task.name}: steps.arrow is missing
  --retrain-corrupt sets these folders aside and executes the tasks again.
Interrupted. Run the same command to resume.
${places}`,
  );
});
