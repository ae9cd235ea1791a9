import assert from 'node:assert/strict';
import fs, { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test, type TestContext } from 'node:test';
import { importTask } from '../../src/store/import-task.js';
import { TASK_FILES } from '../../src/store/task-folder.js';
import { finish, interrupt } from './sample-store.js';
import { identifiedTask } from './sample-task.js';

const task = identifiedTask(1);
let from: string;
let tasks: string;

beforeEach(() => {
  from = mkdtempSync(path.join(tmpdir(), 'vae-sweep-import-'));
  tasks = mkdtempSync(path.join(tmpdir(), 'vae-sweep-import-'));
});

/** Makes mocks of `node:fs` visible to modules that import its functions by name. */
function install(t: TestContext): void {
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

/** Runs the change when the copy's folder is created, which is after the source was inspected. */
function whenCopied(t: TestContext, change: () => void): void {
  const { mkdirSync } = fs;
  t.mock.method(fs, 'mkdirSync', (folder: string) => {
    change();
    mkdirSync(folder);
  });
  install(t);
}

test('a source that changes while it is being copied is reported, and the copy is removed', (t) => {
  const folder = finish(from, task);
  whenCopied(t, () => {
    writeFileSync(path.join(folder, TASK_FILES.steps), 'steps.arrow CONTENT');
  });
  assert.equal(
    importTask(folder, tasks, task, { state: 'done' }),
    'changed while it was being copied: steps.arrow does not match its SHA-256 in done.json',
  );
  assert.deepEqual(readdirSync(tasks), []);
});

test('a run that finishes its task while the checkpoint is being copied is reported', (t) => {
  const folder = interrupt(from, task, 40);
  const end = (): void => {
    rmSync(path.join(folder, TASK_FILES.checkpoint), { force: true });
  };
  whenCopied(t, end);
  const state = { state: 'interrupted', step: 40 } as const;
  assert.equal(importTask(folder, tasks, task, state), 'checkpoint.safetensors disappeared');
  assert.equal(importTask(folder, tasks, task, state), 'changed while it was being copied');
  assert.deepEqual(readdirSync(tasks), []);
});

test('a disk that does not return what was written to it is an error', (t) => {
  const folder = interrupt(from, task, 40);
  const copy = path.join(tasks, `${task.name}.merging`, TASK_FILES.task);
  const { fsyncSync } = fs;
  t.mock.method(fs, 'fsyncSync', (descriptor: number) => {
    fsyncSync(descriptor);
    if (fs.existsSync(copy)) truncateSync(copy, 3);
  });
  install(t);
  assert.throws(() => importTask(folder, tasks, task, { state: 'interrupted', step: 40 }), {
    name: 'StoreError',
    message: `${copy} does not read back as it was written: the disk is failing; merge into another --out`,
  });
  assert.deepEqual(readdirSync(tasks), []);
});
