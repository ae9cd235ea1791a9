import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { runSweep } from '../../src/run/run-sweep.js';
import type { RunOptions, RunResult } from '../../src/run/run-sweep.js';
import { StoreBusyError, StoreError } from '../../src/errors.js';
import { acquireStoreLock, readStoreOwner } from '../../src/store/lock.js';
import { LockFolder } from '../../src/store/lock-folder.js';
import { TASK_FILES, readTaskState, taskFolder } from '../../src/store/task-folder.js';
import type { Task } from '../../src/task/task.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { eventsOf, standInOptions, standInTask, startsOf, untilStarted } from './stand-in.js';

let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-run-'));
});

async function run(
  tasks: readonly Task[],
  changes: Partial<RunOptions> = {},
): Promise<RunResult & { shown: string }> {
  const options = standInOptions(outDir, changes);
  const result = await runSweep({ name: 'mine', file: 'mine.yaml', tasks }, options);
  return { ...result, shown: options.shown() };
}

function stateOf(task: Task) {
  return readTaskState(taskFolder(outDir, task), task.id);
}

describe('a run', () => {
  test('trains every task, writes the manifest and the log, and releases the lock', async () => {
    const tasks = [2, 3, 4].map((seed) => standInTask(seed, 'succeeds'));
    const result = await run(tasks);
    assert.deepEqual([result.done, result.failed, result.corrupt, result.interrupted], [3, [], [], false]);
    for (const task of tasks) assert.deepEqual(stateOf(task), { state: 'done' });
    assert.match(
      result.shown,
      /^3 tasks: 0 done, 0 interrupted, 0 failed, 3 pending; about \d+ ms on 2 workers\n/,
    );
    assert.ok(existsSync(path.join(outDir, 'sweeps', 'mine', 'sweep.json')));
    assert.equal(result.logFile, path.join(outDir, 'sweeps', 'mine', 'log.jsonl'));
    const log = readFileSync(result.logFile, 'utf8').trimEnd().split('\n');
    const messages = log.map((line) => (JSON.parse(line) as { msg: string }).msg);
    assert.equal(messages.filter((message) => message === 'task done').length, 3);
    assert.equal(readStoreOwner(outDir), null);
  });

  test('does nothing when all tasks are done', async () => {
    const tasks = [standInTask(2, 'succeeds'), standInTask(3, 'succeeds')];
    await run(tasks);
    const { done, shown } = await run(tasks);
    assert.equal(done, 2);
    assert.equal(shown, '2 tasks: 2 done, 0 interrupted, 0 failed, 0 pending\n');
    assert.equal(startsOf(outDir).length, 2);
  });

  test('trains only the task that was added', async () => {
    await run([standInTask(2, 'succeeds')]);
    const added = standInTask(3, 'succeeds');
    await run([standInTask(2, 'succeeds'), added]);
    assert.deepEqual(startsOf(outDir).slice(1), [added.name]);
  });

  test('starts the longest tasks first', async () => {
    const steps = [100, 400, 200, 300];
    const tasks = steps.map((count, seed) => standInTask(seed, 'succeeds', { steps: count }));
    await run(tasks, { workers: 1 });
    assert.deepEqual(
      startsOf(outDir),
      [1, 3, 2, 0].map((seed) => tasks[seed]?.name),
    );
  });

  test('runs as many tasks at a time as there are workers, and never more', async () => {
    await run([1, 2, 3, 4, 5, 6].map((seed) => standInTask(seed, 'waits for a companion')));
    let running = 0;
    let most = 0;
    for (const { event } of eventsOf(outDir)) {
      running += event === 'start' ? 1 : -1;
      most = Math.max(most, running);
    }
    assert.equal(most, 2);
  });

  test('warms up one thread, with one task per set of operations, before any task starts', async () => {
    const tasks = [
      standInTask(1, 'waits for a companion'),
      standInTask(2, 'waits for a companion'),
      standInTask(3, 'waits for a companion', { experiment: 'sphere', hiddenWidths: [200] }),
      standInTask(4, 'waits for a companion', { engine: 'eager' }),
    ];
    await run(tasks);
    const starts = eventsOf(outDir).filter(({ event }) => event === 'start');
    const warm = starts.filter(({ warmUps }) => warmUps !== 0);
    const [first] = warm;
    assert.ok(warm.length > 0 && warm.length < starts.length);
    assert.deepEqual([first?.warmUps, first?.warmUpTasks?.length], [1, 3]);
  });

  test('trains nothing and throws when another process owns the store', async () => {
    const lock = await acquireStoreLock(outDir);
    await assert.rejects(run([standInTask(2, 'succeeds')]), StoreBusyError);
    assert.deepEqual(startsOf(outDir), []);
    await lock.release();
  });

  test('stops and names the new owner when another process takes over the store', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const running = run([standInTask(2, 'runs until stopped')]);
    await untilStarted(outDir, 1);
    const folder = new LockFolder(outDir);
    const owner = folder.read(1);
    assert.ok(owner !== null);
    folder.create(2, { ...owner, nonce: 'other', host: 'elsewhere' });
    t.mock.timers.tick(5000);
    await assert.rejects(running, (error) => {
      assert.ok(error instanceof StoreBusyError);
      assert.match(error.message, /was taken over by process \d+ on elsewhere/);
      return true;
    });
    assert.equal(stateOf(standInTask(2, 'runs until stopped')).state, 'interrupted');
    assert.equal(folder.read(2)?.released, false);
  });

  test('throws the reason and releases the lock when its threads cannot start', async () => {
    const workerUrl = new URL('./no-such-worker.js', import.meta.url);
    await assert.rejects(run([standInTask(2, 'succeeds')], { workerUrl }), /no-such-worker\.js/);
    assert.equal(readStoreOwner(outDir), null);
  });

  test('throws a StoreError when it cannot write a task folder', async () => {
    writeFileSync(path.join(outDir, 'tasks'), 'a file');
    await assert.rejects(run([standInTask(2, 'succeeds')]), StoreError);
  });
});

describe('a task that fails', () => {
  test('is retried after the others, and then counts as done', async () => {
    const [failing, other] = [standInTask(2, 'fails once', { steps: 200 }), standInTask(3, 'succeeds')];
    const { done, failed, shown } = await run([failing, other], { workers: 1 });
    assert.deepEqual([done, failed], [2, []]);
    assert.deepEqual(startsOf(outDir), [failing.name, other.name, failing.name]);
    assert.match(shown, new RegExp(`failed, retrying: ${failing.name}: .*out of luck`));
    assert.deepEqual(stateOf(failing), { state: 'done' });
  });

  test('fails for good after its retries, while the others continue', async () => {
    const [failing, other] = [standInTask(2, 'throws', { steps: 200 }), standInTask(3, 'succeeds')];
    const { done, failed } = await run([failing, other], { retries: 2 });
    assert.equal(done, 1);
    assert.deepEqual(
      failed.map(({ task }) => task.name),
      [failing.name],
    );
    const state = stateOf(failing);
    assert.ok(state.state === 'failed');
    assert.deepEqual([state.failure.reason, state.failure.attempts], ['error', 3]);
    assert.match(state.failure.message, /out of luck/);
  });

  test('is retried by the next run, and its failures add up', async () => {
    const failing = standInTask(2, 'throws');
    await run([failing]);
    const { shown } = await run([failing], { retries: 0 });
    assert.match(
      shown,
      /^1 task: 0 done, 0 interrupted, 1 failed \(error\), 0 pending; about \d+ ms on 1 worker\n/,
    );
    const state = stateOf(failing);
    assert.ok(state.state === 'failed');
    assert.equal(state.failure.attempts, 3);
  });

  test('by ending its thread fails alone, and the next thread takes the remaining tasks', async () => {
    const tasks = [
      standInTask(2, 'dies', { steps: 300 }),
      standInTask(3, 'dies once'),
      standInTask(4, 'succeeds'),
    ];
    const { done, failed } = await run(tasks, { workers: 1 });
    assert.equal(done, 2);
    assert.equal(failed.length, 1);
    assert.match(failed[0]?.failure.message ?? '', /thread/);
  });

  test('by divergence is not retried, and not executed by the next run unless requested', async () => {
    const task = standInTask(2, 'diverges');
    const first = await run([task], { retries: 5 });
    assert.equal(
      first.failed[0]?.failure.message,
      'the loss is not finite at step 8, after a loss of 1234.50 nats at step 7',
    );
    const second = await run([task]);
    assert.equal(second.failed.length, 1);
    assert.equal(startsOf(outDir).length, 1);
    await run([task], { retryDiverged: true });
    assert.equal(startsOf(outDir).length, 2);
    const state = stateOf(task);
    assert.ok(state.state === 'failed');
    assert.deepEqual([state.failure.attempts, state.failure.lastFinite?.['loss']], [2, 1234.5]);
  });
});

describe('a stop', () => {
  test('lets running tasks write a checkpoint and starts no others, and the next run resumes from there', async () => {
    const stop = new AbortController();
    const tasks = [2, 3, 4].map((seed) => standInTask(seed, 'runs until stopped', { steps: 1000 - seed }));
    const stopped = run(tasks, { signal: stop.signal });
    await untilStarted(outDir, 2);
    stop.abort('SIGINT');
    const { interrupted, done, shown } = await stopped;
    assert.deepEqual([interrupted, done], [true, 0]);
    assert.match(shown, /stopping: each task writes a checkpoint/);
    assert.deepEqual(
      tasks.map((task) => stateOf(task).state),
      ['interrupted', 'interrupted', 'new'],
    );

    const again = await run(tasks.slice(0, 2));
    assert.match(
      again.shown,
      /^2 tasks: 0 done, 2 interrupted \(step 40\), 0 failed, 0 pending; about \d+ ms on 2 workers\n/,
    );
    assert.deepEqual([again.done, again.interrupted], [2, false]);
    const resumed = eventsOf(outDir)
      .filter(({ event }) => event === 'start')
      .slice(2);
    assert.deepEqual(
      resumed.map(({ fromStep }) => fromStep),
      [40, 40],
    );
  });

  test('requested before the start trains nothing', async () => {
    const { interrupted } = await run([standInTask(2, 'succeeds')], { signal: AbortSignal.abort('SIGTERM') });
    assert.equal(interrupted, true);
    assert.deepEqual(startsOf(outDir), []);
  });
});

describe('a corrupt task', () => {
  const tasks = [standInTask(2, 'succeeds'), standInTask(3, 'succeeds')];
  const [broken] = tasks as [TrainingTask, TrainingTask];

  async function breakOne(): Promise<string> {
    await run(tasks);
    const file = path.join(taskFolder(outDir, broken), TASK_FILES.samples);
    truncateSync(file, 1);
    return file;
  }

  test('is reported and left unchanged', async () => {
    const file = await breakOne();
    const { done, corrupt, shown } = await run(tasks);
    assert.equal(shown, '2 tasks: 1 done, 0 interrupted, 0 failed, 1 corrupt, 0 pending\n');
    assert.equal(done, 1);
    assert.deepEqual(corrupt, [
      { task: broken, problem: 'samples.arrow has the wrong size (1 instead of 21 bytes)' },
    ]);
    assert.equal(readFileSync(file).length, 1);
    assert.equal(startsOf(outDir).length, 2);
  });

  test('is set aside and trained again on request', async () => {
    await breakOne();
    const { done, corrupt } = await run(tasks, { retrainCorrupt: true });
    assert.deepEqual([done, corrupt], [2, []]);
    const folders = readdirSync(path.join(outDir, 'tasks')).sort();
    assert.deepEqual(folders, [...tasks.map(({ name }) => name), `${broken.name}.corrupt-1`].sort());
    assert.equal(startsOf(outDir).length, 3);
  });

  test('that its thread detects is reported, and neither retried nor failed', async () => {
    const task = standInTask(2, 'is corrupt once');
    const { failed, corrupt, shown } = await run([task]);
    assert.deepEqual(failed, []);
    assert.deepEqual(corrupt, [{ task, problem: 'its checkpoint is cut short' }]);
    assert.match(shown, new RegExp(`corrupt: ${task.name}: its checkpoint is cut short`));
    assert.equal(startsOf(outDir).length, 1);
  });

  test('that its thread detects is set aside and trained from the first step on request', async () => {
    const task = standInTask(2, 'is corrupt once');
    const { done, corrupt } = await run([task], { retrainCorrupt: true });
    assert.deepEqual([done, corrupt], [1, []]);
    assert.ok(existsSync(`${taskFolder(outDir, task)}.corrupt-1`));
  });
});
