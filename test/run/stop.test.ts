import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readStoreOwner } from '../../src/store/lock.js';
import { readTaskState, taskFolder } from '../../src/store/task-folder.js';
import type { TaskState } from '../../src/store/task-folder.js';
import type { Behavior } from './stand-in.js';
import { standInTask, untilStarted } from './stand-in.js';
import { waitUntil } from '../wait-until.js';

const RUNNER = fileURLToPath(new URL('./run-stand-in.js', import.meta.url));
let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-stop-'));
});

interface Runner {
  readonly child: ChildProcess;
  readonly shown: () => string;
}

function spawnRunner(behavior: Behavior) {
  return spawn(process.execPath, [RUNNER, outDir, behavior], { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function startRunner(behavior: Behavior): Promise<Runner> {
  const child = spawnRunner(behavior);
  let shown = '';
  child.stderr.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  await untilStarted(outDir, 1);
  return { child, shown: () => shown };
}

async function exitOf(child: ChildProcess): Promise<unknown[]> {
  return child.exitCode === null && child.signalCode === null ? once(child, 'close') : [child.exitCode, null];
}

function stateOf(behavior: Behavior): TaskState {
  const task = standInTask(2, behavior);
  return readTaskState(taskFolder(outDir, task), task.id);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`the first ${signal} stops gracefully: it writes a checkpoint, releases the lock and exits with 130`, async () => {
    const { child, shown } = await startRunner('runs until stopped');
    child.kill(signal);
    assert.deepEqual(await exitOf(child), [130, null]);
    assert.match(shown(), /again to stop at once\ninterrupted: .* at step 40\n/);
    assert.deepEqual(stateOf('runs until stopped'), { state: 'interrupted', step: 40 });
    assert.equal(readStoreOwner(outDir), null);
  });
}

test('a closed output pipe stops the run gracefully too', async () => {
  const child = spawnRunner('runs until stopped');
  child.stderr.destroy();
  assert.deepEqual(await exitOf(child), [130, null]);
  assert.equal(readStoreOwner(outDir), null);
});

test('the second Ctrl-C exits immediately, and the next run can take over the store', async () => {
  const { child, shown } = await startRunner('never stops');
  child.kill('SIGINT');
  await waitUntil('the first Ctrl-C is confirmed', () => shown().includes('again to stop at once'));
  child.kill('SIGINT');
  assert.deepEqual(await exitOf(child), [130, null]);
  assert.equal(readStoreOwner(outDir)?.isAlive, false);
});

test('after a kill -9, the next run reports that it took over the store, and finishes', async () => {
  const first = await startRunner('runs until stopped');
  first.child.kill('SIGKILL');
  assert.deepEqual(await exitOf(first.child), [null, 'SIGKILL']);
  const second = await startRunner('succeeds');
  assert.deepEqual(await exitOf(second.child), [0, null]);
  assert.match(second.shown(), /^took over the store from process \d+ on .*, which is no longer running\n/);
  assert.deepEqual(stateOf('succeeds'), { state: 'done' });
});
