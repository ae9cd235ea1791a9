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
import { waitUntil } from '../wait-until.js';

let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-failure-'));
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
  describe(`with ${isolation} isolation, the other tasks finish and`, () => {
    test('a task that crashes in native code fails as crashed after its retries', async () => {
      const task = standInTask(2, 'crashes', { steps: 1000 });
      const { done } = await run([task, ...others], { isolation });
      assert.equal(done, 3);
      assert.equal(reasonOf(task), 'crashed: its process was killed by SIGSEGV');
    });

    test('a task resumes from its checkpoint after one crash of its process', async () => {
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

    test("a task that runs out of heap memory fails with V8's message", async () => {
      const task = standInTask(2, 'fills the heap', { steps: 1000 });
      const { done } = await run([task, ...others], { isolation, retries: 0 });
      assert.equal(done, 3);
      assert.match(
        reasonOf(task),
        /^error: its thread ended: Worker terminated due to reaching memory limit: JS heap out of memory$/,
      );
    });

    test('a task that keeps allocating memory fails as out of memory', async () => {
      const task = standInTask(2, 'fills the memory', { steps: 1000 });
      const { done } = await run([task, ...others], { isolation, memoryBytes: 900e6, retries: 0 });
      assert.equal(done, 3);
      assert.match(
        reasonOf(task),
        /^memory: its process had [\d.]+ [MG]B of memory, more than its limit of (450|900) MB$/,
      );
    });
  });

test('two tasks in a crashed process are retried separately, and only the one that caused the crash fails', async () => {
  const crashing = standInTask(2, 'crashes', { steps: 2000 });
  const bystander = standInTask(3, 'runs until stopped', { steps: 1000 });
  const stop = new AbortController();
  const finished = run([crashing, bystander], { signal: stop.signal });
  await waitUntil('the task has crashed', () => reasonOf(crashing).startsWith('crashed'));
  stop.abort();
  const { failed } = await finished;
  assert.deepEqual(
    failed.map(({ task, failure }) => [task.id, failure.reason, failure.attempts]),
    [[crashing.id, 'crashed', 2]],
  );
  assert.equal(reasonOf(bystander), 'interrupted');
  assert.equal(startsOf(outDir).filter((name) => name === crashing.name).length, 3);
});

test('a store that cannot be written to stops the run with one message and fails no task', async () => {
  const task = standInTask(2, 'finds the disk full', { steps: 1000 });
  await assert.rejects(
    run([task, ...others], { workers: 1 }),
    new StoreError("can't write x (ENOSPC): free some disk space"),
  );
  assert.equal(reasonOf(task), 'new');
  assert.deepEqual(startsOf(outDir), [task.name]);
});
