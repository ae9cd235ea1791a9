import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { readStatus } from '../../src/run/status.js';
import { LockFolder } from '../../src/store/lock-folder.js';
import { acquireStoreLock } from '../../src/store/lock.js';
import { TASK_FILES } from '../../src/store/task-folder.js';
import { estimateCost } from '../../src/task/cost.js';
import { begin, fail, finish, interrupt } from '../store/sample-store.js';
import { sampleTask } from '../store/sample-task.js';

const [done, interrupted, failed, corrupt, started, fresh] = [1, 2, 3, 4, 5, 6].map((seed) =>
  sampleTask(seed, { steps: 100_000 }),
) as [Sample, Sample, Sample, Sample, Sample, Sample];
type Sample = ReturnType<typeof sampleTask>;
const sweep = {
  name: 'mine',
  file: 'mine.yaml',
  tasks: [done, interrupted, failed, corrupt, started, fresh],
};

let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-status-'));
});

function fill(): void {
  finish(outDir, done);
  interrupt(outDir, interrupted, 40_000);
  fail(outDir, failed, 'diverged');
  rmSync(path.join(finish(outDir, corrupt), TASK_FILES.samples));
  begin(outDir, started);
}

/** Sets the modification time of all files in the folder to this many seconds from now. */
function changeAll(folder: string, seconds: number): void {
  const at = new Date(Date.now() + seconds * 1000);
  for (const name of ['', TASK_FILES.task, TASK_FILES.checkpoint])
    if (existsSync(path.join(folder, name))) utimesSync(path.join(folder, name), at, at);
}

function namesOf(started: readonly { task: { readonly name: string }; step: number | null }[]) {
  return started.map(({ task, step }) => [task.name, step]);
}

test('all tasks of an empty store are pending, and no folder is created', () => {
  const out = path.join(outDir, 'not-yet');
  const status = readStatus(sweep, out, 2);
  assert.deepEqual([status.owner, status.done, status.pending], [null, 0, sweep.tasks]);
  assert.equal(existsSync(out), false);
});

test('without a run, no task is running and the remaining time is that of the next run', () => {
  fill();
  const status = readStatus(sweep, outDir, 2);
  assert.equal(status.owner, null);
  assert.deepEqual(status.running, []);
  assert.deepEqual(namesOf(status.interrupted), [[interrupted.name, 40_000]]);
  assert.deepEqual(
    status.failed.map(({ task, failure }) => [task.name, failure.message]),
    [[failed.name, 'out of luck (diverged)']],
  );
  assert.deepEqual(status.corrupt, [{ task: corrupt, problem: 'samples.arrow is missing' }]);
  assert.deepEqual(
    status.pending.map(({ name }) => name),
    [started.name, fresh.name],
  );
  assert.match(
    status.summary,
    /^6 tasks: 1 done, 1 interrupted \(step 40,000\), 1 failed \(diverged\), 1 corrupt, 2 pending; about 21 s on 2 workers$/,
  );
});

describe('during a run', () => {
  test('unfinished tasks that changed since its start are running, whatever their step', async () => {
    fill();
    changeAll(path.join(outDir, 'tasks', started.name), -60);
    const lock = await acquireStoreLock(outDir);
    changeAll(path.join(outDir, 'tasks', interrupted.name), 1);
    const status = readStatus(sweep, outDir, 8);
    await lock.release();
    assert.equal(status.owner?.process?.pid, process.pid);
    assert.deepEqual(namesOf(status.running), [[interrupted.name, 40_000]]);
    assert.deepEqual(status.interrupted, []);
    assert.deepEqual(
      status.pending.map(({ name }) => name),
      [started.name, fresh.name],
    );
    // One worker per running task.
    assert.match(status.summary, / on 1 worker$/);
  });

  test('an owner that is gone is not shown', async () => {
    fill();
    const lock = await acquireStoreLock(outDir);
    await lock.release();
    const locks = new LockFolder(outDir);
    const last = locks.read(1);
    assert.ok(last !== null);
    locks.replace(1, { ...last, released: false, processStart: '1' });
    const status = readStatus(sweep, outDir, 2);
    assert.deepEqual([status.owner, status.running], [null, []]);
  });

  test('steps taken over from a predecessor do not count towards the pace', async () => {
    const [shorter, longer] = [
      sampleTask(7, { steps: 50_000 }),
      { ...sampleTask(7, { steps: 100_000 }), id: 'f'.repeat(16) },
    ];
    const renamed = { ...longer, name: shorter.name.replace(shorter.id, longer.id) };
    finish(outDir, shorter);
    const lock = await acquireStoreLock(outDir);
    const folder = interrupt(outDir, renamed, 60_000);
    const at = (name: string, seconds: number) => {
      const time = new Date(Date.now() + seconds * 1000);
      utimesSync(path.join(folder, name), time, time);
    };
    at(TASK_FILES.task, 10);
    at(TASK_FILES.checkpoint, 30);
    const { remainingMs } = readStatus({ ...sweep, tasks: [renamed] }, outDir, 1);
    await lock.release();
    // 10,000 steps in 20 s, and 40,000 to go.
    assert.ok(remainingMs !== null && Math.abs(remainingMs - 80_000) < 10, String(remainingMs));
  });

  test("the remaining time is based on the run's own pace, not on that of an earlier run", async () => {
    fill();
    const run = path.join(outDir, 'tasks', done.name, TASK_FILES.run);
    const attempt = (start: number, times: number) => ({
      start: new Date(start).toISOString(),
      fromStep: 0,
      toStep: 100_000,
      microsecondsPerStep: times * estimateCost(done.settings).microsecondsPerStep,
    });
    const { remainingMs: estimated } = readStatus(sweep, outDir, 1);
    changeAll(path.join(outDir, 'tasks', interrupted.name), -60);
    changeAll(path.join(outDir, 'tasks', started.name), -60);
    const lock = await acquireStoreLock(outDir);
    writeFileSync(run, JSON.stringify([attempt(Date.now() - 60_000, 1000), attempt(Date.now() + 1000, 3)]));
    const { remainingMs } = readStatus(sweep, outDir, 1);
    await lock.release();
    assert.ok(estimated !== null && remainingMs !== null);
    assert.ok(Math.abs(remainingMs / estimated - 3) < 1e-9, `${remainingMs / estimated}`);
  });
});
