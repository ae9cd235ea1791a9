import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { StoreError } from '../../src/errors.js';
import {
  TASK_FILES,
  clearFailed,
  commitResults,
  markFailed,
  prepareTaskFolder,
  readTaskState,
  setAside,
  taskFolder,
  verifyTask,
} from '../../src/store/task-folder.js';
import type { TaskFailure } from '../../src/task/outcome.js';
import { checkpointBytes, sampleTask, sampleResults } from './sample-task.js';

const task = sampleTask(2);
const failure: TaskFailure = {
  reason: 'error',
  message: 'out of luck',
  step: 7,
  lastFinite: null,
  attempts: 2,
};
let outDir: string;
let folder: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-store-'));
  folder = prepareTaskFolder(taskFolder(outDir, task), task);
});

function inFolder(name: string): string {
  return path.join(folder, name);
}

function finish(): void {
  commitResults(folder, task.id, sampleResults());
}

describe('the state of a task', () => {
  test('is new without a folder, and with one that has only task.json and streams', () => {
    assert.deepEqual(readTaskState(path.join(outDir, 'tasks', 'absent'), task.id), { state: 'new' });
    writeFileSync(inFolder(TASK_FILES.stepsStream), 'half a batch');
    assert.deepEqual(readTaskState(folder, task.id), { state: 'new' });
    assert.deepEqual(JSON.parse(readFileSync(inFolder(TASK_FILES.task), 'utf8')), task);
  });

  test('is interrupted once there is a checkpoint, and has its step', () => {
    writeFileSync(inFolder(TASK_FILES.checkpoint), checkpointBytes(1500));
    assert.deepEqual(readTaskState(folder, task.id), { state: 'interrupted', step: 1500 });
  });

  test('is corrupt with a checkpoint that is truncated at any length, or too long', () => {
    const intact = checkpointBytes(1500);
    for (const length of [...Array(intact.length).keys(), intact.length + 1]) {
      writeFileSync(
        inFolder(TASK_FILES.checkpoint),
        Buffer.concat([intact, Buffer.alloc(1)]).subarray(0, length),
      );
      assert.equal(readTaskState(folder, task.id).state, 'corrupt', `${length} bytes`);
    }
    writeFileSync(inFolder(TASK_FILES.checkpoint), intact.subarray(0, intact.length - 1));
    assert.deepEqual(readTaskState(folder, task.id), {
      state: 'corrupt',
      problem: `checkpoint is corrupt (${intact.length - 1} instead of ${intact.length} bytes)`,
    });
  });

  test('is done only with the marker, not by its four files alone', () => {
    for (const [name, bytes] of Object.entries(sampleResults())) writeFileSync(inFolder(name), bytes);
    assert.deepEqual(readTaskState(folder, task.id), { state: 'new' });
    finish();
    assert.deepEqual(readTaskState(folder, task.id), { state: 'done' });
    assert.deepEqual(verifyTask(folder, task.id), { state: 'done' });
  });

  test('is corrupt with a marker that is truncated at any length', () => {
    finish();
    const marker = readFileSync(inFolder(TASK_FILES.done), 'utf8').trimEnd();
    for (let length = 0; length < marker.length; length += 1) {
      writeFileSync(inFolder(TASK_FILES.done), marker.slice(0, length));
      assert.deepEqual(readTaskState(folder, task.id), {
        state: 'corrupt',
        problem: `done.json is invalid (not JSON, ${length} characters)`,
      });
    }
  });

  test('is corrupt with a marker that is invalid, or belongs to another task', () => {
    finish();
    writeFileSync(inFolder(TASK_FILES.done), '{"id":"x","files":{}}');
    const state = readTaskState(folder, task.id);
    assert.ok(state.state === 'corrupt');
    assert.equal(state.problem, 'done.json is invalid (files: lists no files)');
    commitResults(folder, 'ffffffffffffffff', sampleResults());
    assert.deepEqual(readTaskState(folder, task.id), {
      state: 'corrupt',
      problem: 'done.json belongs to task ffffffffffffffff, not to 0000000000000002',
    });
  });

  test('is corrupt when a file of a finished task is missing or has the wrong size', () => {
    finish();
    truncateSync(inFolder(TASK_FILES.samples), 3);
    assert.deepEqual(readTaskState(folder, task.id), {
      state: 'corrupt',
      problem: 'samples.arrow has the wrong size (3 instead of 21 bytes)',
    });
    rmSync(inFolder(TASK_FILES.steps));
    assert.deepEqual(readTaskState(folder, task.id), { state: 'corrupt', problem: 'steps.arrow is missing' });
  });

  test('is done for a run if contents change but not sizes, which only verifyTask detects', () => {
    finish();
    for (const [name, bytes] of Object.entries(sampleResults('CONTENT')))
      writeFileSync(inFolder(name), bytes);
    assert.deepEqual(readTaskState(folder, task.id), { state: 'done' });
    assert.deepEqual(verifyTask(folder, task.id), {
      state: 'corrupt',
      problem: 'steps.arrow does not match its SHA-256 in done.json',
    });
  });

  test('is failed until cleared, even with a checkpoint, and done takes precedence over both', () => {
    writeFileSync(inFolder(TASK_FILES.checkpoint), checkpointBytes(50));
    markFailed(folder, failure);
    assert.deepEqual(readTaskState(folder, task.id), { state: 'failed', failure, step: 50 });
    clearFailed(folder);
    assert.deepEqual(readTaskState(folder, task.id), { state: 'interrupted', step: 50 });
    markFailed(folder, failure);
    finish();
    assert.deepEqual(readTaskState(folder, task.id), { state: 'done' });
  });

  test('is corrupt with an invalid failed.json', () => {
    writeFileSync(inFolder(TASK_FILES.failed), '[]');
    const state = readTaskState(folder, task.id);
    assert.ok(state.state === 'corrupt');
    assert.match(state.problem, /^failed\.json is invalid/);
  });
});

test('committing results to a folder that is gone throws and leaves no marker', () => {
  rmSync(folder, { recursive: true });
  assert.throws(
    finish,
    new StoreError(
      `can't write ${inFolder(TASK_FILES.steps)} (ENOENT): make it writable, or choose another folder with --out`,
    ),
  );
  assert.equal(existsSync(inFolder(TASK_FILES.done)), false);
});

test('preparing a folder again keeps its files', () => {
  finish();
  prepareTaskFolder(folder, task);
  assert.deepEqual(readTaskState(folder, task.id), { state: 'done' });
});

test('setting a folder aside uses the next free number and makes its task new', () => {
  finish();
  mkdirSync(`${folder}.corrupt-1`);
  assert.equal(setAside(folder), `${folder}.corrupt-2`);
  assert.deepEqual(readTaskState(folder, task.id), { state: 'new' });
  assert.ok(readdirSync(`${folder}.corrupt-2`).includes(TASK_FILES.done));
});

test('a durable write leaves no temporary file behind', () => {
  finish();
  const names = [
    TASK_FILES.task,
    TASK_FILES.done,
    TASK_FILES.steps,
    TASK_FILES.evaluations,
    TASK_FILES.samples,
  ];
  assert.deepEqual(readdirSync(folder).sort(), [...names, TASK_FILES.parameters].sort());
});
