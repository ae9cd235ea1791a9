import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { runSweep, type RunOptions, type RunResult } from '../../src/run/run-sweep.js';
import { StoreError } from '../../src/errors.js';
import { ISOLATIONS } from '../../src/pool/process-pool.js';
import { readTaskState, taskFolder } from '../../src/store/task-folder.js';
import type { Task } from '../../src/task/task.js';
import { eventsOf, standInOptions, standInTask, startsOf } from './stand-in.js';

let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-endings-'));
});

async function run(tasks: readonly Task[], changes: Partial<RunOptions> = {}): Promise<RunResult> {
  return runSweep({ name: 'mine', file: 'mine.yaml', tasks }, standInOptions(outDir, changes));
}

function reasonOf(task: Task): string {
  const state = readTaskState(taskFolder(outDir, task), task.id);
  return state.state === 'failed' ? `${state.failure.reason}: ${state.failure.message}` : state.state;
}

const others = [3, 4, 5].map((seed) => standInTask(seed, 'succeeds'));

for (const isolation of ISOLATIONS)
  describe(`with ${isolation} isolation, the other tasks are trained and`, () => {
    test('a task that crashes natively fails as crashed, after its retries', async () => {
      const task = standInTask(2, 'crashes', { steps: 1000 });
      const { done } = await run([task, ...others], { isolation });
      assert.equal(done, 3);
      assert.equal(reasonOf(task), 'crashed: its process was ended by SIGSEGV');
    });

    test('a task whose process crashed once goes on from its checkpoint', async () => {
      const task = standInTask(2, 'crashes once', { steps: 1000 });
      const { done } = await run([task, ...others], { isolation });
      assert.equal(done, 4);
      const starts = eventsOf(outDir).filter((event) => event.event === 'start' && event.task === task.name);
      assert.deepEqual(
        starts.map(({ fromStep }) => fromStep),
        [0, 30],
      );
    });

    test('a task that never makes a step fails as stalled', async () => {
      const task = standInTask(2, 'never stops', { steps: 1000 });
      const { done } = await run([task, ...others], { isolation, stallMs: 3_000, retries: 0 });
      assert.equal(done, 3);
      assert.equal(reasonOf(task), 'stalled: no step in 3 s, at step 0');
    });

    test('a task that runs out of heap fails with what V8 says', async () => {
      const task = standInTask(2, 'fills the heap', { steps: 1000 });
      const { done } = await run([task, ...others], { isolation, retries: 0 });
      assert.equal(done, 3);
      assert.match(
        reasonOf(task),
        /^error: its thread ended: Worker terminated due to reaching memory limit: JS heap out of memory$/,
      );
    });

    test('a task that allocates without end fails for its memory', async () => {
      const task = standInTask(2, 'fills the memory', { steps: 1000 });
      const { done } = await run([task, ...others], { isolation, memoryBytes: 900e6, retries: 0 });
      assert.equal(done, 3);
      assert.match(
        reasonOf(task),
        /^memory: its process had [\d.]+ [MG]B of memory, allowed are (450|900) MB$/,
      );
    });
  });

test('two tasks that share a crash are tried apart, and only the one to blame has failed', async () => {
  const culprit = standInTask(2, 'crashes', { steps: 2000 });
  const innocent = standInTask(3, 'runs until stopped', { steps: 1000 });
  const stop = new AbortController();
  const finished = run([culprit, innocent], { signal: stop.signal });
  while (!reasonOf(culprit).startsWith('crashed')) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  const { failed } = await finished;
  assert.deepEqual(
    failed.map(({ task, failure }) => [task.id, failure.reason, failure.attempts]),
    [[culprit.id, 'crashed', 2]],
  );
  assert.equal(reasonOf(innocent), 'interrupted');
  assert.equal(startsOf(outDir).filter((name) => name === culprit.name).length, 3);
});

test('a store that can not be written stops the sweep with one message, and fails no task', async () => {
  const task = standInTask(2, 'finds the disk full', { steps: 1000 });
  await assert.rejects(
    run([task, ...others], { workers: 1 }),
    new StoreError("can't write x (ENOSPC): free some disk space"),
  );
  assert.equal(reasonOf(task), 'new');
  assert.deepEqual(startsOf(outDir), [task.name]);
});
