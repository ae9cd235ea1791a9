import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { attemptTask } from '../../src/run/attempt-task.js';
import { fsyncFolder } from '../../src/store/files.js';
import { commitResults, prepareTaskFolder, TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { stepsOf } from '../../src/task/cost.js';
import type { TaskOutcome } from '../../src/task/outcome.js';
import { durableImage } from '../faults/disk-model.js';
import { FaultyDisk } from '../faults/faulty-disk.js';
import { sampleResults, sampleTask } from '../store/sample-task.js';

const task = sampleTask(2);
const steps = stepsOf(task.settings);
const ALREADY_DONE = { type: 'done', fromStep: steps, steps, text: 'already done', recovered: null };

/** @param train stands in for the pool's training and returns its outcome */
async function attempt(outDir: string, train: () => TaskOutcome) {
  return attemptTask(
    { task, predecessor: null, failures: 0, isLast: true },
    {
      pool: { train: () => Promise.resolve(train()) },
      outDir,
      rules: () => ({ isStopping: false, resetsCorrupt: false }),
      onStart: () => undefined,
    },
  );
}

function finish(outDir: string): string {
  const folder = prepareTaskFolder(taskFolder(outDir, task), task);
  commitResults(folder, task.id, sampleResults());
  return folder;
}

test('a task is done, not failed, if its process ends between its commit and its reply', async () => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-attempt-'));
  const settlement = await attempt(outDir, () => {
    finish(outDir);
    return { type: 'ended', reason: 'crashed', message: 'SIGSEGV', causedExit: true };
  });
  assert.deepEqual(settlement, ALREADY_DONE);
  assert.ok(!existsSync(path.join(taskFolder(outDir, task), TASK_FILES.failed)));
});

test('a done task is not trained again', async () => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-attempt-'));
  finish(outDir);
  const settlement = await attempt(outDir, () => assert.fail('the task was trained'));
  assert.deepEqual(settlement, ALREADY_DONE);
});

test('a task is reported as done only once its marker is durable', async () => {
  const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-attempt-'));
  const marker = path.join(taskFolder(outDir, task), TASK_FILES.done);
  const disk = new FaultyDisk(outDir);
  try {
    const settlement = await attempt(outDir, () => {
      finish(outDir);
      // The process ends between the rename of the marker and the fsync of the folder.
      renameSync(marker, `${marker}.tmp`);
      fsyncFolder(path.dirname(marker));
      renameSync(`${marker}.tmp`, marker);
      return { type: 'ended', reason: 'crashed', message: 'SIGKILL', causedExit: true };
    });
    assert.deepEqual(settlement, ALREADY_DONE);
    assert.ok(durableImage(disk.root).has(path.relative(outDir, marker)));
  } finally {
    disk.remove();
  }
});
