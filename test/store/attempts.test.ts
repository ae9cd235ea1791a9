import assert from 'node:assert/strict';
import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { timedSteps } from '../../src/store/attempts.js';
import { TASK_FILES } from '../../src/store/task-folder.js';
import { interrupt } from './sample-store.js';
import { sampleTask } from './sample-task.js';

const SINCE_MS = Date.parse('2026-01-01T12:00:00Z');
let folder: string;

beforeEach(() => {
  folder = interrupt(mkdtempSync(path.join(tmpdir(), 'vae-sweep-attempts-')), sampleTask(2), 40);
});

/** Sets the file's modification time to this many seconds after `SINCE_MS`. */
function changed(file: string, seconds: number): void {
  const at = new Date(SINCE_MS + seconds * 1000);
  utimesSync(path.join(folder, file), at, at);
}

function writeRun(attempts: unknown): void {
  writeFileSync(path.join(folder, TASK_FILES.run), JSON.stringify(attempts));
}

test('attempts that started since then count with their steps and time', () => {
  const attempt = { fromStep: 10, toStep: 30, microsecondsPerStep: 500 };
  writeRun([
    { ...attempt, start: '2026-01-01T11:59:59.000Z' },
    { ...attempt, start: '2026-01-01T12:00:00.000Z' },
    { start: '2026-01-01T12:00:01.000Z', fromStep: 30, toStep: 30, microsecondsPerStep: null },
  ]);
  assert.deepEqual(timedSteps(folder, SINCE_MS, null), [
    { steps: 20, elapsedMs: 10 },
    { steps: 0, elapsedMs: 0 },
  ]);
});

test('a running task that started since then is timed by its checkpoint', () => {
  changed(TASK_FILES.task, 1);
  changed(TASK_FILES.checkpoint, 5);
  assert.deepEqual(timedSteps(folder, SINCE_MS, 40), [{ steps: 40, elapsedMs: 4000 }]);
});

test('a running task that started earlier is not timed', () => {
  changed(TASK_FILES.task, -1);
  changed(TASK_FILES.checkpoint, 5);
  assert.deepEqual(timedSteps(folder, SINCE_MS, 40), []);
});

test('a run.json that is invalid, missing or older has no timed steps', () => {
  assert.deepEqual(timedSteps(folder, SINCE_MS, null), []);
  writeRun([{ start: 'yesterday' }]);
  assert.deepEqual(timedSteps(folder, SINCE_MS, null), []);
  writeRun([{ start: '2026-01-01T12:00:00.000Z', fromStep: 0, toStep: 1, microsecondsPerStep: 1 }]);
  changed(TASK_FILES.run, -1);
  assert.deepEqual(timedSteps(folder, SINCE_MS, null), []);
});
