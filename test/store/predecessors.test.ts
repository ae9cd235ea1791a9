import assert from 'node:assert/strict';
import fs, { mkdtempSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test, type TestContext } from 'node:test';
import { findPredecessors } from '../../src/store/predecessors.js';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { readTaskStates } from '../../src/store/task-states.js';
import type { TrainingSettings } from '../../src/experiments/vae/settings/task.js';
import { identify } from '../../src/task/identity.js';
import type { Task } from '../../src/task/task.js';
import { finish, interrupt } from './sample-store.js';
import { sampleTask } from './sample-task.js';

let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-predecessors-'));
});

function taskOf(steps: number, changes: Partial<TrainingSettings> = {}): Task {
  const { settings, versions } = sampleTask(2, { steps, ...changes });
  return identify(settings, versions);
}

function predecessorsOf(tasks: readonly Task[]) {
  const found = findPredecessors(outDir, tasks, readTaskStates(outDir, tasks));
  return tasks.map(({ id }) => found.get(id)?.steps ?? null);
}

/** Counts the reads of each file name. */
function countReads(context: TestContext): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const { readFileSync } = fs;
  context.mock.method(fs, 'readFileSync', (...args: Parameters<typeof readFileSync>) => {
    const name = path.basename(String(args[0]));
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return readFileSync(...args);
  });
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return counts;
}

test('the predecessor is the finished task with the most steps below its own', () => {
  for (const steps of [100, 200, 400]) finish(outDir, taskOf(steps));
  interrupt(outDir, taskOf(300), 150);
  assert.deepEqual(predecessorsOf([taskOf(350), taskOf(500), taskOf(150), taskOf(50)]), [
    200,
    400,
    100,
    null,
  ]);
});

test('a task with a checkpoint, another trajectory or only corrupt candidates has no predecessor', () => {
  const folder = finish(outDir, taskOf(100));
  interrupt(outDir, taskOf(300), 150);
  assert.deepEqual(predecessorsOf([taskOf(300), taskOf(200, { learningRate: 0.5 })]), [null, null]);
  fs.rmSync(path.join(folder, TASK_FILES.samples));
  assert.deepEqual(predecessorsOf([taskOf(200)]), [null]);
});

test('each record is read once, and states are read only of fitting tasks', (context) => {
  for (const learningRate of [0.1, 0.2, 0.3]) finish(outDir, taskOf(100, { learningRate }));
  const tasks = [200, 300, 400].map((steps) => taskOf(steps, { learningRate: 0.1 }));
  const states = readTaskStates(outDir, tasks);
  const reads = countReads(context);
  const found = findPredecessors(outDir, tasks, states);
  const first = taskFolder(outDir, taskOf(100, { learningRate: 0.1 }));
  assert.deepEqual(
    tasks.map(({ id }) => found.get(id)?.folder),
    [first, first, first],
  );
  assert.equal(reads.get(TASK_FILES.task), 3);
  assert.equal(reads.get(TASK_FILES.done), 3);
});
